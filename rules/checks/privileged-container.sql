-- SPDX-License-Identifier: Apache-2.0
--
-- id: privileged-container
-- title: A container that may do everything on the host
-- severity: medium
-- attack: T1611
-- why: A privileged container, or one that has the host's root or the
--   socket of its runtime, is as good as root on the host.
-- false-positives: Agents for monitoring and backups, container builders.
-- author: the authors of halligan

SELECT host, fact_id, coalesce(nullif(image, ''), name) || CASE WHEN privileged = 1
    THEN ' is privileged' ELSE ' has ' || m END AS object,
  runtime, image, state, command, mounts, privileged, created_at
FROM (SELECT *, (SELECT group_concat(value, ', ') FROM json_each(mounts)
    WHERE value REGEXP '^/:|^/(etc|root|proc|sys/fs/bpf|var/run/docker[.]sock|run/docker[.]sock|run/containerd/containerd[.]sock)(:|$)') AS m
    FROM container)
WHERE privileged = 1 OR m IS NOT NULL
