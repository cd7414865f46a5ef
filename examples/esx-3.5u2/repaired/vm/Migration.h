#pragma once

#include "VirtualMachine.h"

namespace vm {

class Migration {
public:
    // Moves a running machine to another host: it is resumed there.
    Fault vmotion(VirtualMachine& machine);
};

}  // namespace vm
