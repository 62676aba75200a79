/* SPDX-License-Identifier: Apache-2.0 */
/* The options that commands have, for the table of commands. */
#ifndef HALLIGAN_APP_COMMAND_LISTS_H
#define HALLIGAN_APP_COMMAND_LISTS_H

#include "app/command.h"

extern const struct option_spec
	new_options[], host_add_options[], explain_options[], label_options[],
	hosts_list_options[], trust_options[], hunt_options[], resume_options[],
	collect_options[], triage_options[], walk_options[], parse_options[],
	import_options[], connect_options[], artifact_options[],
	artifact_plan_options[], plain_list_options[], host_list_options[],
	timeline_options[], fact_options[], seen_options[], run_show_options[],
	run_list_options[], coverage_options[], finding_list_options[],
	exclusion_add_options[], finding_set_options[], indicator_add_options[],
	indicator_list_options[], check_options[], check_list_options[],
	note_add_options[], get_options[], export_options[], range_options[],
	help_options[];

#endif
