/* SPDX-License-Identifier: Apache-2.0 */
/* Making and freeing jobs. */
#include "base/base.h"
#include "job/job.h"

struct job *job_new(enum job_op op)
{
	struct job *job = xcalloc(1, sizeof *job);

	job->op = op;
	job->run = uuid_v7();
	job->fleet.parallel = JOB_PARALLEL_DEFAULT;
	job->bundle_fd = -1;
	buf_init(&job->request, JOB_REQUEST_MAX);
	return job;
}

struct job_host *job_add_host(struct job *job)
{
	struct job_host *host;

	job->hosts = xrealloc(job->hosts, job->n_hosts + 1, sizeof *job->hosts);
	host = &job->hosts[job->n_hosts++];
	*host = (struct job_host){0};
	return host;
}

char *job_known_file(const char *sha256, const char *path)
{
	return xasprintf("%s %s", sha256, path);
}

void job_machine_release(struct job_machine *machine)
{
	free(machine->machine_id);
	free(machine->product_id);
	free(machine->hostname);
	*machine = (struct job_machine){.machine_id = NULL};
}

struct job_known *job_know(struct job_known_list *list, const char *name,
			   const struct uuid *id)
{
	struct job_known *k;

	list->v = xrealloc(list->v, list->n + 1, sizeof *list->v);
	k = &list->v[list->n++];
	*k = (struct job_known){.name = xstrdup(name), .id = *id};
	return k;
}

const struct job_known *job_known_find(const struct job_known_list *list,
				       const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i].name, name) == 0)
			return &list->v[i];
	return NULL;
}

const struct uuid *job_known_id(const struct job_known_list *list,
				const char *name)
{
	const struct job_known *k = job_known_find(list, name);

	return k ? &k->id : NULL;
}

void job_known_release(struct job_known_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->v[i].name);
		job_machine_release(&list->v[i].machine);
	}
	free(list->v);
}

void job_host_release(struct job_host *host)
{
	free(host->name);
	reach_release(&host->reach);
	free(host->pinned_key_type);
	free(host->pinned_fingerprint);
	free(host->jump);
	free(host->escalate);
	free(host->mode);
	free(host->cursor);
}

void job_pin_name(const struct reach *r, char out[JOB_PIN_NAME_MAX])
{
	(void)snprintf(out, JOB_PIN_NAME_MAX, "[%s]:%u",
		       r->alias[0] ? r->alias : r->host, (unsigned)r->port);
}

void job_zone_release(struct job_zone *zone)
{
	free(zone->bytes);
	free(zone->name);
	free(zone->source);
	free(zone->evidence);
	*zone = (struct job_zone){.bytes = NULL};
}

void job_free(struct job *job)
{
	if (!job)
		return;
	for (size_t i = 0; i < job->n_hosts; i++) {
		struct job_host *host = &job->hosts[i];

		for (size_t j = 0; j < host->n_jumps; j++)
			job_host_release(&host->jumps[j]);
		free(host->jumps);
		job_host_release(host);
	}
	free(job->hosts);
	buf_release(&job->request);
	free(job->command);
	free(job->words);
	free(job->how);
	free(job->hunt);
	free(job->resumes);
	free(job->escalate);
	free(job->source);
	free(job->parser);
	job_zone_release(&job->zone);
	close_fd(job->bundle_fd);
	secret_release(&job->identity);
	job_known_release(&job->hosts_known);
	job_known_release(&job->bundles_known);
	if (job->rules)
		ruleset_release(job->rules);
	free(job->rules);
	free(job);
}
