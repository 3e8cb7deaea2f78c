#define _GNU_SOURCE
#include "CSystemShims.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>

int fusebox_terminate_with_parent(void) {
    return prctl(PR_SET_PDEATHSIG, SIGKILL);
}

int fusebox_accept(int listener) {
    return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
