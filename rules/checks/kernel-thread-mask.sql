-- SPDX-License-Identifier: Apache-2.0
--
-- id: kernel-thread-mask
-- title: A program that poses as a thread of the kernel
-- severity: high
-- attack: T1036.004
-- why: Lists of processes show threads of the kernel in brackets, and
--   nobody looks at them. The kernel says itself which are its own, and
--   those have no memory.
-- false-positives: A few daemons put their title in brackets; these are
--   not named as a thread of the kernel is.
-- author: the authors of halligan

SELECT host, process_id, coalesce(nullif(exe, ''), comm) AS object,
  nullif(exe, '') AS path, sha256,
  pid, ppid, uid, comm, argv0, cmdline, has_memory, start_ns
FROM process
WHERE kernel_thread = 0 AND (has_memory = 1 OR exe <> '')
  AND (argv0 GLOB '[[]*]' OR cmdline GLOB '[[]*]'
    OR coalesce(comm, '') REGEXP
      '^(kworker/|kworker$|ksoftirqd|kthreadd$|migration/|rcu_|khugepaged|kswapd|kdevtmpfs|kauditd$|kcompactd|jbd2/|scsi_eh_|watchdogd$|\[)')
