#include "LicenseManager.h"

namespace licensing {

bool LicenseManager::isLicensed(const std::string& feature) const {
    return !feature.empty();
}

LicenseStatus LicenseManager::checkout(const std::string& feature) const {
    return isLicensed(feature) ? LicenseStatus::Ok : LicenseStatus::NoLicense;
}

}  // namespace licensing
