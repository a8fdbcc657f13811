"""Pictures: arrays in, matplotlib axes out, one picture a function.

They know no law. Nothing here touches pyplot or changes matplotlib's settings for others.
"""
