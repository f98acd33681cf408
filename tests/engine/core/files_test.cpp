#include "engine/core/files.h"

#include <gtest/gtest.h>

#include <csignal>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/core/random.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

namespace fs = std::filesystem;

std::string randomBytes(std::size_t count, std::uint64_t seed) {
  CounterRandom random(seed);
  std::string bytes(count, '\0');
  for (char& c : bytes) c = char(random.below(256));
  return bytes;
}

std::size_t filesIn(const fs::path& folder) {
  return std::size_t(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(SaveFileSafelyTest, WritesEverySizeExactly) {
  TemporaryFolder folder;
  for (std::size_t size : {0u, 1u, 65'535u, 65'536u, 65'537u, 1'000'000u}) {
    const std::string bytes = randomBytes(size, size);
    ASSERT_TRUE(saveFileSafely(folder / "a.bin", bytes));
    EXPECT_EQ(bytesOf(folder / "a.bin"), bytes);
    EXPECT_EQ(*readFile(folder / "a.bin"), bytes);
  }
  EXPECT_EQ(filesIn(folder.path()), 1u) << "no temporary is left";
}

TEST(SaveFileSafelyTest, KeepsTheRightsOfTheFile) {
  TemporaryFolder folder;
  putBytes(folder / "a.txt", "old");
  ASSERT_EQ(::chmod((folder / "a.txt").c_str(), 0600), 0);
  ASSERT_TRUE(saveFileSafely(folder / "a.txt", "new"));
  struct stat info {};
  ASSERT_EQ(::stat((folder / "a.txt").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST(SaveFileSafelyTest, ClearsWhatACrashLeft) {
  TemporaryFolder folder;
  putBytes(folder / ".a.txt.part", "torn");
  ASSERT_TRUE(saveFileSafely(folder / "a.txt", "new"));
  EXPECT_EQ(filesIn(folder.path()), 1u);
}

TEST(SaveFileSafelyTest, SaysWhyItCannot) {
  TemporaryFolder folder;
  const Status noFolder = saveFileSafely(folder / "absent/a.txt", "x");
  ASSERT_FALSE(noFolder);
  EXPECT_EQ(noFolder.error().message,
            "Could not save “a.txt”: the folder does not exist. Save to another place.");
  EXPECT_EQ(noFolder.error().code, ErrorCode::IoFailed);

  fs::create_directory(folder / "taken");
  putBytes(folder / "taken/inside", "x");
  EXPECT_FALSE(saveFileSafely(folder / "taken", "x")) << "a folder is not replaced";
  EXPECT_TRUE(fs::exists(folder / "taken/inside"));
  EXPECT_EQ(filesIn(folder.path()), 1u) << "no temporary is left";
}

/// A process whose files cannot grow beyond `limit`.
int saveWithLimit(const fs::path& path, std::string_view bytes, rlim_t limit) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit size{limit, limit};
    ::setrlimit(RLIMIT_FSIZE, &size);
    ::_exit(saveFileSafely(path, bytes) ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(SaveFileSafelyTest, AWriteThatFailsAnywhereLeavesTheOldFile) {
  TemporaryFolder folder;
  const std::string old = randomBytes(5000, 1);
  const std::string next = randomBytes(300'000, 2);
  ASSERT_TRUE(saveFileSafely(folder / "a.bin", old));
  for (rlim_t limit : {0, 1, 4096, 65'536, 65'537, 131'072, 299'999}) {
    EXPECT_EQ(saveWithLimit(folder / "a.bin", next, limit), 0) << limit;
    EXPECT_EQ(bytesOf(folder / "a.bin"), old) << limit;
    EXPECT_EQ(filesIn(folder.path()), 1u) << limit;
  }
}

TEST(SaveFileSafelyTest, NoKillTearsAFile) {
  TemporaryFolder folder;
  const fs::path path = folder / "a.bin";
  const auto version = [](std::uint64_t i) { return std::to_string(i % 7) + std::string(100'000 + (i % 7) * 30'000, char('a' + i % 7)); };
  ASSERT_TRUE(saveFileSafely(path, version(0)));
  CounterRandom random(4);
  for (int kill = 0; kill < 100; ++kill) {
    const pid_t child = ::fork();
    if (child == 0) {
      for (std::uint64_t i = std::uint64_t(kill);; ++i) {
        if (!saveFileSafely(path, version(i))) ::_exit(1);
      }
    }
    ::usleep(useconds_t(random.below(8000)));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    const std::string bytes = bytesOf(path);
    ASSERT_FALSE(bytes.empty());
    ASSERT_EQ(bytes, version(std::uint64_t(bytes[0] - '0'))) << "after kill " << kill;
  }
}

TEST(ReadFileTest, RefusesWhatIsNoFileOrTooLarge) {
  TemporaryFolder folder;
  putBytes(folder / "a.bin", std::string(100, 'x'));
  EXPECT_EQ(readFile(folder / "absent").error().code, ErrorCode::NotFound);
  EXPECT_EQ(readFile(folder.path()).error().code, ErrorCode::BadInput);
  EXPECT_EQ(readFile("/dev/zero").error().code, ErrorCode::BadInput) << "a device would never end";
  EXPECT_TRUE(readFile(folder / "a.bin", 100));
  EXPECT_EQ(readFile(folder / "a.bin", 99).error().code, ErrorCode::BadInput);
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(readFile(folder / "pipe").error().code, ErrorCode::BadInput) << "and a pipe would wait";
}

TEST(InputFileTest, ReadsWhereItIsAsked) {
  TemporaryFolder folder;
  const std::string bytes = randomBytes(3'000'000, 1);
  putBytes(folder / "a.bin", bytes);
  const auto file = InputFile::open(folder / "a.bin");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->size(), bytes.size());
  EXPECT_EQ(file->name(), "a.bin");
  std::string part(100, '\0');
  ASSERT_TRUE(file->readAt(2'999'900, part));
  EXPECT_EQ(part, bytes.substr(2'999'900));
  EXPECT_EQ(file->readAt(2'999'901, part).error().message, "“a.bin” ends too early.");
  EXPECT_EQ(*sha256OfFile(*file), sha256Hex(bytes));
  int asked = 0;
  EXPECT_EQ(sha256OfFile(*file, [&](double) { return ++asked < 2; }).error().code, ErrorCode::Cancelled);
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(InputFile::open(folder / "absent").error().code, ErrorCode::NotFound);
  EXPECT_EQ(InputFile::open(folder.path()).error().code, ErrorCode::BadInput);
}

TEST(NewFileTest, AppearsWhenItIsWhole) {
  TemporaryFolder folder;
  auto file = NewFile::create(folder / "a.bin");
  ASSERT_TRUE(file) << file.error().message;
  ASSERT_TRUE(file->append("one "));
  NewFile moved = std::move(*file);
  ASSERT_TRUE(moved.append("two"));
  EXPECT_FALSE(fs::exists(folder / "a.bin"));
  const auto hash = moved.finish();
  ASSERT_TRUE(hash) << hash.error().message;
  EXPECT_EQ(*hash, sha256Hex("one two"));
  EXPECT_EQ(bytesOf(folder / "a.bin"), "one two");
  EXPECT_EQ(filesIn(folder.path()), 1u);
}

TEST(NewFileTest, NeverReplacesAFile) {
  TemporaryFolder folder;
  putBytes(folder / "a.bin", "old");
  EXPECT_EQ(NewFile::create(folder / "a.bin").error().code, ErrorCode::InvalidArgument);
  auto late = NewFile::create(folder / "b.bin");
  ASSERT_TRUE(late && late->append("new"));
  putBytes(folder / "b.bin", "came in between");
  EXPECT_FALSE(late->finish());
  EXPECT_EQ(bytesOf(folder / "b.bin"), "came in between");
  EXPECT_FALSE(NewFile::create(folder / "none/a.bin"));
}

TEST(NewFileTest, GivenUpItLeavesNothing) {
  TemporaryFolder folder;
  {
    auto file = NewFile::create(folder / "a.bin");
    ASSERT_TRUE(file && file->append(std::string(100'000, 'x')));
  }
  EXPECT_EQ(filesIn(folder.path()), 0u);
  {
    auto file = NewFile::create(folder / "a.bin");
    EXPECT_EQ(file->finish([](double) { return false; }).ok(), true) << "an empty file is hashed without asking";
  }
  EXPECT_EQ(filesIn(folder.path()), 1u);
}

}  // namespace
}  // namespace kinescore
