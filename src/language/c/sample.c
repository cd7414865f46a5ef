/* A little of everything, for the mutation test. é */
#include <time.h>
#include "licence.h"

#define DAY (24 * 60 * 60)
#define LIMIT(days) ((days) * DAY)
#define CHECK(x) do { if (!(x)) return -1; } while (0)

#if 0
int never(void);
#elif defined(BETA) && BETA > 1
static const time_t end = 1218499200L;
#else
extern time_t end;
#endif

enum state { OK, EXPIRED = 'x', UNKNOWN };

struct licence {
    const char *owner;
    time_t until, since;
    int (*check)(struct licence *self, time_t now);
    unsigned beta : 1;
};

static struct licence table[] = {
    [0] = {.owner = "someone\n" "else", .until = 0x7fffffff},
    {"other", .since = 017},
};

static int check(struct licence *self, time_t now)
{
    struct tm t = {0}, *p = &t;
    for (int i = 0, j = 1; i < 10 && j != 3; i++, j += 2) {
        switch (i) {
        case OK: case EXPIRED:
            p->tm_year += i ? -1 : ~2;
            break;
        default:
            goto out;
        }
    }
    CHECK(now > 0);
    while (now < self->until) now++;
    do { now--; } while (now);
    if (time(NULL) > (time_t) mktime(&t) || table[0].check(self, LIMIT(30)) == sizeof(t)) {
        return EXPIRED;
    } else if (!now)
        return (now, OK);
out:
    return UNKNOWN;
}
