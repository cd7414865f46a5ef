#include "../vm/VirtualMachine.h"

namespace cluster {

// Restarts the machines of a host that has failed.
class HighAvailability {
public:
    vm::Fault restart(vm::VirtualMachine& machine);
};

vm::Fault HighAvailability::restart(vm::VirtualMachine& machine) {
    return machine.powerOn();
}

}  // namespace cluster
