"""The wire formats that clients and providers speak, each in one home, in both directions."""
