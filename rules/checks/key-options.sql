-- SPDX-License-Identifier: Apache-2.0
--
-- id: key-options
-- title: A key runs a command or sets the environment
-- severity: medium
-- attack: T1098.004, T1546.004
-- why: command= and environment= in authorized_keys run what they name at
--   each login by that key: LD_PRELOAD there gives code, a command may
--   give a shell. authorized_keys2 is a file that few look at.
-- false-positives: Forced commands are the way to limit a key (rsync,
--   borg, git): those that are known are left out.
-- author: the authors of halligan

SELECT host, fact_id, coalesce(account, '') || ': ' || name AS object, path,
    evidence_id, "offset", type, comment, options, command,
  CASE WHEN options REGEXP '(?i)(^|,)environment=.?(LD_|PATH|BASH_ENV|PROMPT)'
      OR command REGEXP '/(tmp|var/tmp|dev/shm|dev/tcp)/|curl |wget |base64'
      THEN 'high' END AS severity
FROM authorized_key
WHERE options REGEXP '(?i)(^|,)environment='
  OR source = 'authorized_keys2'
  OR (coalesce(command, '') <> '' AND command NOT REGEXP
    '^["]?(/usr/(local/)?bin/|/usr/lib/git-core/)?(rsync|rrsync|borg|restic|git-shell|gitolite-shell|gitlab-shell|svnserve|scponly|internal-sftp|sftp-server|validate-rsync|true|false|echo)\b')
  OR (command REGEXP '/(tmp|var/tmp|dev/shm|dev/tcp)/|curl |wget |base64')
