"""What calls share beyond one call: cooldowns and limits as pure rules, above the `SharedState` port."""
