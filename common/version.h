/* The one place that says which gocker this is: --version prints it, and registries are told. */
#ifndef GOCKER_VERSION_H
#define GOCKER_VERSION_H

#define GOCKER_VERSION "0.7.0" /* the middle number is that of the last chapter there is */

#endif
