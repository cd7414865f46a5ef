#include "VirtualMachine.h"

#include "../licensing/LicenseManager.h"

namespace vm {

Fault VirtualMachine::powerOn() {
    licensing::LicenseManager manager;
    if (manager.checkout("esx.standard") != licensing::LicenseStatus::Ok) {
        return Fault::InternalError;
    }
    return Fault::None;
}

Fault VirtualMachine::resume() {
    licensing::LicenseManager manager;
    if (manager.checkout("esx.standard") != licensing::LicenseStatus::Ok) {
        return Fault::InternalError;
    }
    return Fault::None;
}

}  // namespace vm
