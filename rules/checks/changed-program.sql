-- SPDX-License-Identifier: Apache-2.0
--
-- id: changed-program
-- title: A program or library of a package is not as the package has it
-- severity: medium
-- attack: T1554
-- why: A changed sshd, login, ps or PAM module lets somebody in, takes
--   passwords or hides what is there.
-- false-positives: Prelinking, local builds in place. Configuration that
--   people may change is quiet; what is missing is told for information,
--   since small images leave much out.
-- author: the authors of halligan

SELECT host, fact_id, name AS object, name AS path, actual AS sha256, package,
    expected, actual, missing, critical,
  CASE WHEN config = 1 THEN 'configuration' END AS quiet,
  CASE WHEN missing = 1 THEN CASE WHEN critical = 1 THEN 'medium' ELSE 'info' END
       WHEN critical = 1 THEN 'high'
       WHEN name REGEXP '/(doc|locale|man|info|help|icons)/|[.](pyc|mo|gz|png|svg|txt|md)$'
           THEN 'info' END AS severity
FROM changed_file
