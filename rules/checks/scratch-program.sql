-- SPDX-License-Identifier: Apache-2.0
--
-- id: scratch-program
-- title: A program that runs from a folder for scratch, or a hidden one
-- severity: medium
-- attack: T1036.005, T1059
-- why: Anybody may write to these folders and nobody installs programs
--   there; what is dropped by an intruder who is not root yet lies there.
-- false-positives: AppImages (/tmp/.mount_...), Ansible at work, builds
--   and tests, installers.
-- author: the authors of halligan

SELECT host, process_id, exe AS object, exe AS path, sha256,
  CASE WHEN exe LIKE '/tmp/.mount\_%' ESCAPE '\' THEN 'low'
       WHEN exe LIKE '/dev/%' THEN 'high' END AS severity,
  pid, ppid, uid, comm, cmdline, cwd, exe_kind, start_ns
FROM process
WHERE is_scratch(exe)
  OR (is_hidden(exe) AND exe NOT REGEXP
    '/[.](local|cargo|nvm|rvm|pyenv|rbenv|rustup|sdkman|asdf|volta|bun|deno|dotnet|yarn|npm|venv|vscode-server|cache)/')
