-- SPDX-License-Identifier: Apache-2.0
--
-- id: kernel-taint
-- title: The kernel is tainted by a module that was forced, unsigned or
--   from elsewhere
-- severity: medium
-- attack: T1547.006, T1014
-- why: The kernel remembers until it is started anew that such a module
--   was loaded, also when the module hides or was taken out. When no
--   module that is listed explains it, one hides.
-- false-positives: Drivers of NVIDIA, ZFS, VirtualBox, VMware and others
--   made by DKMS: tainted modules that are listed and known are told as
--   low.
-- author: the authors of halligan

SELECT k.host, k.fact_id,
  'taint ' || k.number || CASE WHEN k.number & 2 THEN ', forced' ELSE '' END ||
    CASE WHEN k.number & 8 THEN ', forced out' ELSE '' END ||
    CASE WHEN k.number & 4096 THEN ', out of tree' ELSE '' END ||
    CASE WHEN k.number & 8192 THEN ', unsigned' ELSE '' END AS object,
  k.number, m.modules,
  CASE WHEN m.modules IS NULL THEN 'high'
       WHEN k.number & 10 THEN 'high'
       WHEN m.unknown = 0 THEN 'low' END AS severity
FROM kernel k, (
  SELECT group_concat(name) AS modules,
    sum(name NOT REGEXP '^(nvidia|zfs|spl|znvpair|zcommon|zunicode|zavl|icp|zlua|zzstd|vbox|vm(mon|net|w)|prl_|wl$|falco|scap|r8168|rtl|wireguard|v4l2loopback|evdi|openafs|xtables|xt_|lttng|drbd|bbswitch|ena$|igb_uio|rte_kni|openvswitch)') AS unknown
  FROM module WHERE taint REGEXP '[OEFR]') m
WHERE k.name = 'tainted' AND k.number & 12298 <> 0
