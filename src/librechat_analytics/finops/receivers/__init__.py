"""The only outgoing connections of the program: to the receivers that the definitions file names."""
