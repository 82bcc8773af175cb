"""What is printed: a page set from plain values, and a map drawn without a browser and without a network."""
