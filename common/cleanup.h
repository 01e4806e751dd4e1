/* Resources that end with the scope that holds them.
 *
 *     _cleanup_close_ int fd = open(…);
 *     if (…) return -1;          fd is closed here,
 *     return steal_fd(&fd);      and handed to the caller here
 *
 * GCC and clang call the named function with a pointer to the variable when the variable goes out of
 * scope, whichever way that happens ("cleanup" in the GCC manual's Common Variable Attributes). */
#ifndef GOCKER_CLEANUP_H
#define GOCKER_CLEANUP_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_free(void *pointer)
{
    free(*(void **)pointer);
}

static inline void cleanup_close(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static inline void cleanup_fclose(FILE **file)
{
    if (*file)
        fclose(*file);
}

static inline void cleanup_closedir(DIR **dir)
{
    if (*dir)
        closedir(*dir);
}

#define _cleanup_(function) __attribute__((cleanup(function)))
#define _cleanup_free_      _cleanup_(cleanup_free)
#define _cleanup_close_     _cleanup_(cleanup_close)
#define _cleanup_fclose_    _cleanup_(cleanup_fclose)
#define _cleanup_closedir_  _cleanup_(cleanup_closedir)

/* Give away the descriptor in *FD: the caller owns what is returned, *FD becomes -1. */
static inline int steal_fd(int *fd)
{
    int stolen = *fd;

    *fd = -1;
    return stolen;
}

/* Give away the allocation in POINTER (a variable): its value is returned, the variable becomes NULL. */
#define steal_pointer(pointer)                                                                               \
    __extension__({                                                                                          \
        __typeof__(pointer) stolen_ = (pointer);                                                             \
        (pointer) = NULL;                                                                                    \
        stolen_;                                                                                             \
    })

#endif
