"""What dronewall reaches, measured: figures with the command that prints them. Not shipped with the program."""
