#define _GNU_SOURCE
#include "CSystemShims.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>

int fusebox_terminate_with_parent(void) {
    return prctl(PR_SET_PDEATHSIG, SIGKILL);
}

int fusebox_accept(int listener) {
    return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

struct fusebox_time fusebox_local_time(void) {
    time_t now = time(NULL);
    struct tm local;
    if (localtime_r(&now, &local) == NULL) return (struct fusebox_time){1970, 1, 1, 0, 0, 0};
    return (struct fusebox_time){local.tm_year + 1900, local.tm_mon + 1, local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec};
}
