#include "CSystemShims.h"

#include <signal.h>
#include <sys/prctl.h>

int fusebox_terminate_with_parent(void) {
    return prctl(PR_SET_PDEATHSIG, SIGKILL);
}
