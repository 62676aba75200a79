-- SPDX-License-Identifier: Apache-2.0
--
-- id: name-pinned
-- title: Names lead elsewhere than they should
-- severity: medium
-- attack: T1565.001, T1562.001 [T1685]
-- why: Lines of /etc/hosts keep a host from its updates or its
--   protection, or lead its people to another place.
-- false-positives: Lists against advertisements (to 0.0.0.0),
--   laboratories.
-- author: the authors of halligan

SELECT host, fact_id, name || ' is ' || address AS object, path, evidence_id,
    "offset", address
FROM hosts_entry
WHERE lower(name) REGEXP '(^|[.])(debian[.]org|ubuntu[.]com|canonical[.]com|fedoraproject[.]org|redhat[.]com|centos[.]org|rockylinux[.]org|almalinux[.]org|opensuse[.]org|suse[.]com|archlinux[.]org|alpinelinux[.]org|kernel[.]org|microsoft[.]com|github[.]com|githubusercontent[.]com|pypi[.]org|npmjs[.]org|clamav[.]net|virustotal[.]com|crowdstrike[.]com|sentinelone[.]net|sophos[.]com|kaspersky[.]com|symantec[.]com|mcafee[.]com|trendmicro[.]com|eset[.]com|bitdefender[.]com|wazuh[.]com|elastic[.]co|snyk[.]io|letsencrypt[.]org)$'
