-- SPDX-License-Identifier: Apache-2.0
--
-- id: pam-hook
-- title: Logging in runs a command, or asks for nothing
-- severity: high
-- attack: T1556.003
-- why: PAM decides who gets in. pam_exec runs a command that may be
--   handed the password; pam_permit that suffices lets everybody in; a
--   module by its path is nobody's package.
-- false-positives: pam_exec of some VPN and home directory set-ups;
--   modules in folders of vendors.
-- author: the authors of halligan

SELECT host, fact_id, coalesce(name, base_name(path)) || ': ' || type || ' '
    || control || ' ' || module ||
    CASE WHEN coalesce(arguments, '') <> '' THEN ' ' || arguments ELSE ''
        END AS object,
  path, evidence_id, "offset", type, control, module, arguments
FROM pam
WHERE base_name(module) = 'pam_exec.so'
  OR (base_name(module) = 'pam_permit.so' AND type = 'auth' AND
    (control = 'sufficient' OR control REGEXP 'success=(done|[2-9])'))
  OR (base_name(module) = 'pam_succeed_if.so' AND type = 'auth'
      AND control = 'sufficient')
  OR (module GLOB '/*'
      AND module NOT REGEXP '^/(usr/)?lib(64)?/([^/]+/)?security/pam_[a-z0-9_]+[.]so$')
  OR base_name(module) = 'pam_script.so'
