"""What training does to neurons: arrays in, frozen results out."""
