#include "../vm/Migration.h"

namespace cluster {

// DRS: moves machines from busy hosts to idle ones.
class ResourceScheduler {
public:
    vm::Fault balance(vm::VirtualMachine& machine);
};

vm::Fault ResourceScheduler::balance(vm::VirtualMachine& machine) {
    vm::Migration migration;
    return migration.vmotion(machine);
}

}  // namespace cluster
