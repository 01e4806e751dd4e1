/* /dev: the few devices that every program may have. */
#ifndef GOCKER_DEVICES_H
#define GOCKER_DEVICES_H

#include "error.h"

/* Make the devices and links of a container's /dev (config-linux.md, "Default Devices"; config.md, "/dev
 * symbolic links") in the directory that DEV_FD is open on. The umask must be 0. mknod(2). */
int make_devices(int dev_fd, struct error *err);

#endif
