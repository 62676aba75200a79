-- SPDX-License-Identifier: Apache-2.0
--
-- id: pam-module
-- title: A module of PAM that no package has
-- severity: high
-- attack: T1556.003
-- why: A module of PAM sees every password. Packages bring them; one from
--   elsewhere was put there by hand.
-- false-positives: Modules that were built on the host
--   (google-authenticator, duo).
-- author: the authors of halligan

SELECT host, fact_id, name AS object, name AS path, sha256, kind, mode, ctime, size
FROM unpackaged_file WHERE name REGEXP '/security/[^/]+[.]so'
