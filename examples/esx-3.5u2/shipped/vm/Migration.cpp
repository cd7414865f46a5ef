#include "Migration.h"

namespace vm {

Fault Migration::vmotion(VirtualMachine& machine) {
    return machine.resume();
}

}  // namespace vm
