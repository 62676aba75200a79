/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Version 7: which machine a host is, as it says itself. New columns are
 * nullable and last, which leaves the digests of older rows as they are
 * (audit.c). Never edited once released.
 */
#include "base/base.h"
#include "case/schema.h"

const char schema_tables_v7[] =
	/* machine-id(5), and the UUID of its board: they tell apart what has
	 * one name. */
	"ALTER TABLE hosts ADD COLUMN machine_id TEXT;"
	"ALTER TABLE hosts ADD COLUMN product_id TEXT;"

	"DROP VIEW host;";

#define LABELS(kind)                                                           \
	"(SELECT group_concat(l.name, ',') FROM (SELECT name FROM labels"      \
	" WHERE host = h.id AND kind = '" kind "' AND removed_at IS NULL"      \
	" ORDER BY name) l)"

const char schema_views_v7[] =
	"CREATE VIEW host AS SELECT h.uuid AS id, h.name, h.target,"
	" h.identity, CASE WHEN h.removed_at IS NOT NULL THEN 'removed'"
	" ELSE coalesce((SELECT s.state FROM run_hosts s WHERE s.host = h.id"
	" ORDER BY s.run DESC LIMIT 1), CASE WHEN h.key IS NULL THEN 'new'"
	" ELSE 'trusted' END) END AS state,"
	" h.address, h.os, h.arch, h.hostname, h.key_type,"
	" h.key_fingerprint, h.clock_offset_ns, h.clock_error_ns,"
	" h.last_seen_at, h.added_at, h.added_by, h.removed_at,"
	" (SELECT count(*) FROM findings f WHERE f.host = h.id"
	" AND f.exclusion IS NULL AND f.quiet IS NULL) AS findings,"
	" " LABELS("tag") " AS tags, " LABELS("group") " AS \"groups\","
	" h.jump, h.escalate, h.mode, coalesce(h.zone_name, h.zone) AS zone,"
	" h.zone AS zone_rules, h.zone_source, z.uuid AS zone_evidence_id,"
	" h.machine_id, h.product_id"
	" FROM hosts h LEFT JOIN evidence_items z ON z.id = h.zone_evidence;";
