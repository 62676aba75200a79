-- SPDX-License-Identifier: Apache-2.0
--
-- id: user-unit
-- title: A unit of an account's own
-- severity: info
-- attack: T1543.002, T1053.006
-- why: Accounts may have units that start when they log in or, with
--   lingering, with the host. They need no rights to make one.
-- false-positives: Desktop programs and people's own services.
-- author: the authors of halligan

SELECT host, fact_id, name || ' of ' || account_home AS object, path, evidence_id,
    exec, description, state, signs
FROM unit WHERE scope = 'user' AND coalesce(account_home, '') <> ''
    AND json_array_length(exec) > 0
