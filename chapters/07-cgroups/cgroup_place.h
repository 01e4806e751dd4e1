/* Where in the tree of cgroups a container's can be made. */
#ifndef GOCKER_CGROUP_PLACE_H
#define GOCKER_CGROUP_PLACE_H

#include "error.h"

#include <stdbool.h>

struct cgroup_place {
    char *mount; /* where the tree of cgroup v2 is mounted: "/sys/fs/cgroup" */
    char *
        own; /* our own cgroup below it: "/user.slice/x.scope"; "" for its top, or one that cannot be seen here */
    char *path; /* the cgroup in which to make others: MOUNT, or more */
    int fd;     /* open on PATH */
};

/* Find out MOUNT and OWN. MOUNTINFO and OWN_CGROUPS are the contents of /proc/self/mountinfo and
 * /proc/self/cgroup (proc(5), cgroups(7)). -1 with err where cgroup v2 is not mounted. */
int cgroup_place_parse(const char *mountinfo, const char *own_cgroups, struct cgroup_place *place,
                       struct error *err);

/* Is CONTROLLER in the hands of cgroup v1, on a machine that has both? OWN_CGROUPS as above. */
bool cgroup_place_v1_has(const char *own_cgroups, const char *controller);

/* Find the place: of our own cgroup and those above it, the highest that we may write in. For root that is
 * the top; for others the top of what was delegated to them (cgroup-v2.rst, "Delegation"). -1 with err,
 * which says what to do. */
int cgroup_place_find(struct cgroup_place *place, struct error *err);

/* Let cgroups below PLACE have CONTROLLER ("memory"). That takes a place without processes of its own, the
 * top of the machine aside ("No Internal Process Constraint"): where the only one is this very process, it
 * moves to a cgroup "gocker-host" below. 0, also where it was so already; or -1 with err: why not, and what
 * to do. */
int cgroup_place_enable(const struct cgroup_place *place, const char *controller, struct error *err);

void cgroup_place_free(struct cgroup_place *place); /* also for { .fd = -1 } */

#endif
