"""People and how they get in: phone and password, roles, server-side sign-ins, recovery through somebody they know."""
