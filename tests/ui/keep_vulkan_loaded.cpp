// Under LeakSanitizer the software Vulkan device stays loaded to the end: it keeps a little of every device that was
// opened, and of a library that is gone nobody could tell whose that is (leaks.supp names it).
#if defined(__SANITIZE_ADDRESS__)
#include <dlfcn.h>

namespace {
[[maybe_unused]] void* const kept = dlopen("libvulkan_lvp.so", RTLD_NOW | RTLD_NODELETE);
}
#endif
