"""What stands between the network and the faces: size, pace, origin, host, headers, the log of requests."""
