# remote
