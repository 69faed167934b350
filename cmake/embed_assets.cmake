# Placeholder until the assets come.
