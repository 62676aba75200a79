-- SPDX-License-Identifier: Apache-2.0
--
-- id: sshd-setting
-- title: The SSH server takes more than it should
-- severity: medium
-- attack: T1098.004, T1556
-- why: Keys in a place of the intruder's, a command that says which keys
--   are good, an authority of theirs, or empty passwords: one line of
--   sshd_config is a way in.
-- false-positives: AuthorizedKeysCommand of SSSD, cloud providers and
--   Userify; certificates of an organisation.
-- author: the authors of halligan

SELECT host, fact_id, name || ' ' || value AS object, path, evidence_id, "offset",
    value, "match",
  CASE WHEN name IN ('permitemptypasswords', 'permituserenvironment') THEN 'high'
       WHEN value REGEXP '/(tmp|var/tmp|dev/shm|home)/' THEN 'high'
       WHEN name = 'authorizedkeyscommand'
           AND value REGEXP '^/usr/(bin/sss_ssh_authorizedkeys|share/ec2-instance-connect/|bin/google_authorized_keys)'
           THEN 'info' END AS severity
FROM sshd_setting
WHERE (name = 'permitemptypasswords' AND lower(value) = 'yes')
  OR (name = 'permituserenvironment' AND lower(value) <> 'no')
  OR (name IN ('authorizedkeyscommand', 'trustedusercakeys',
      'authorizedprincipalscommand') AND lower(value) <> 'none')
  OR (name = 'forcecommand' AND lower(value) NOT LIKE 'internal-sftp%')
  OR (name = 'authorizedkeysfile' AND replace(replace(replace(value, '%h/', ''),
      '.ssh/authorized_keys2', ''), '.ssh/authorized_keys', '') REGEXP '[^ 	]'
    AND lower(value) <> 'none')
  OR (name = 'hostbasedauthentication' AND lower(value) = 'yes')
  OR (name = 'usepam' AND lower(value) = 'no' AND 0)
