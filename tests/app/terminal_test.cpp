#include "app/terminal.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <set>
#include <thread>

namespace kinescore {
namespace {

std::set<int> threadsOfThisProgram() {
  std::set<int> ids;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
    ids.insert(std::stoi(entry.path().filename().string()));
  }
  return ids;
}

// The system may hand an interrupt to any thread, also to the one that waits for it.
TEST(InterruptGuard, AnInterruptIsHeardByWhicheverThreadGetsIt) {
  const std::set<int> before = threadsOfThisProgram();
  InterruptGuard guard;
  std::vector<int> added;
  for (const int id : threadsOfThisProgram()) {
    if (!before.contains(id)) added.push_back(id);
  }
  ASSERT_FALSE(added.empty());
  std::this_thread::sleep_for(std::chrono::milliseconds(50));  // it waits by now
  ASSERT_EQ(syscall(SYS_tgkill, getpid(), added.front(), SIGTERM), 0);
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!guard.token().stop_requested() && std::chrono::steady_clock::now() < patience) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_TRUE(guard.token().stop_requested());
  EXPECT_TRUE(guard.wasInterrupted());
}

TEST(DurationText, IsRoundedToWhatOneReads) {
  EXPECT_EQ(durationText(12.4), "12 s");
  EXPECT_EQ(durationText(90), "2 min");
  EXPECT_EQ(durationText(3 * 3600 + 5 * 60), "3 h 5 min");
}

}  // namespace
}  // namespace kinescore
