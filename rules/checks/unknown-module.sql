-- SPDX-License-Identifier: Apache-2.0
--
-- id: unknown-module
-- title: A module of the kernel that no package has
-- severity: medium
-- attack: T1547.006
-- why: Modules come with the kernel's package. One from elsewhere runs
--   with all rights there are.
-- false-positives: Modules that DKMS makes on the host are no package's
--   files; they lie in updates/dkms and are quiet.
-- author: the authors of halligan

SELECT host, fact_id, name AS object, module_path AS path, taint, size, state,
    users,
  CASE WHEN module_path GLOB '*/updates/dkms/*' THEN 'dkms' END AS quiet,
  CASE WHEN is_scratch(module_path) OR module_path REGEXP '^/(home|root)/'
      THEN 'high' END AS severity
FROM module WHERE packaged = 0 AND coalesce(module_path, '') <> ''
