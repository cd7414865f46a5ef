#include "LicenseManager.h"

#include <ctime>

#include "BetaLimits.h"

namespace licensing {

bool LicenseManager::buildHasExpired() const {
    std::tm limit = {};
    limit.tm_year = kBetaEndYear - 1900;
    limit.tm_mon = kBetaEndMonth - 1;
    limit.tm_mday = kBetaEndDay;
    const std::time_t end = std::mktime(&limit);
    return std::difftime(std::time(nullptr), end) >= 0;
}

bool LicenseManager::isLicensed(const std::string& feature) const {
    return !feature.empty();
}

LicenseStatus LicenseManager::checkout(const std::string& feature) const {
    if (buildHasExpired()) {
        return LicenseStatus::Expired;
    }
    return isLicensed(feature) ? LicenseStatus::Ok : LicenseStatus::NoLicense;
}

}  // namespace licensing
