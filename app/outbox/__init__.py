"""What must happen above or later is announced here, in the transaction that made it true."""
