# tests/ssh
