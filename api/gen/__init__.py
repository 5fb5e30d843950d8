"""What is made from the declarations in api/*.toml."""
