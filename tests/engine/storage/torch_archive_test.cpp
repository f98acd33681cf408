#include "engine/storage/torch_archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "engine/core/random.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/torch_files.h"

namespace kinescore {
namespace {

using namespace pickled;
using testing::ElementsAre;
using testing::HasSubstr;

class TorchArchiveTest : public testing::Test {
 protected:
  Result<TorchArchive> open(const std::string& bytes) {
    putBytes(folder_ / "gem.ckpt", bytes);
    return TorchArchive::open(folder_ / "gem.ckpt");
  }
  /// A checkpoint that is nothing but this state dict.
  Result<TorchArchive> openStates(const std::string& states, const std::vector<std::string>& storages) {
    return open(zipArchive(torchParts(program(states), storages)));
  }
  void expectRefused(const Result<TorchArchive>& archive, const std::string& part) {
    ASSERT_FALSE(archive) << part;
    EXPECT_THAT(archive.error().message, HasSubstr(part));
    EXPECT_THAT(archive.error().message, HasSubstr("gem.ckpt"));
    EXPECT_EQ(archive.error().message.back(), '.');
  }
  /// One tensor “w” made by this expression, on two storages of six floats and three bytes.
  void expectTensorRefused(const std::string& expression, const std::string& part) {
    expectRefused(openStates(dict({text("w"), expression}), {bytesOfFloats({0, 1, 2, 3, 4, 5}), "abc"}), part);
  }
  std::vector<float> floats(const TorchArchive& archive, std::size_t index) {
    const ArchiveTensor& tensor = archive.tensors()[index];
    const auto bytes = archive.read(tensor);
    EXPECT_TRUE(bytes) << bytes.error().message;
    return TensorView{tensor.type, tensor.shape, *bytes}.toFloats();
  }

  TemporaryFolder folder_;
};

TEST_F(TorchArchiveTest, ReadsTheStateDictOfATrainingCheckpoint) {
  const std::string config =
      global("omegaconf.dictconfig", "DictConfig") + ")\x81" + dict({text("_content"), list({text("x")})}) + "b";
  const auto archive =
      open(torchCheckpoint({{"a.weight", {2, 3}, {1, 2, 3, 4, 5, 6}}, {"b", {}, {7}}, {"c", {0, 4}, {}}},
                           {text("hyper_parameters"), config, text("callbacks"), dict({})}));
  ASSERT_TRUE(archive) << archive.error().message;
  ASSERT_EQ(archive->tensors().size(), 3u);
  EXPECT_EQ(archive->tensors()[0].name, "a.weight");
  EXPECT_THAT(archive->tensors()[0].shape, ElementsAre(2, 3));
  EXPECT_THAT(floats(*archive, 0), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(floats(*archive, 1), ElementsAre(7));
  EXPECT_TRUE(floats(*archive, 2).empty());
  EXPECT_THAT(archive->otherEntries(), ElementsAre("epoch", "global_step", "hyper_parameters", "callbacks"));
  EXPECT_EQ(archive->numberOf("global_step"), 500000);
  EXPECT_EQ(archive->numberOf("callbacks"), std::nullopt);
}

TEST_F(TorchArchiveTest, BareStateDictsParametersAndAllTypes) {
  const auto archive =
      openStates(orderedDict({text("half"), tensor(storage("HalfStorage", "0", 2), 0, {2}, {1}), text("bf16"),
                              tensor(storage("BFloat16Storage", "1", 1), 0, {1}, {1}), text("double"),
                              tensor(storage("DoubleStorage", "2", 1), 0, {}, {}), text("long"),
                              tensor(storage("LongStorage", "3", 1), 0, {}, {}), text("int"),
                              tensor(storage("IntStorage", "4", 1), 0, {1}, {1}), text("byte"),
                              tensor(storage("ByteStorage", "5", 3), 1, {2}, {1}), text("bool"),
                              tensor(storage("BoolStorage", "6", 2), 0, {2}, {1}), text("parameter"),
                              call(global("torch._utils", "_rebuild_parameter"),
                                   {tensor(storage("ByteStorage", "5", 3), 0, {3}, {1}), "\x88", "}"})}),
                 {std::string("\x00\x3c\x00\xc0", 4), std::string("\x80\x3f", 2),
                  std::string("\0\0\0\0\0\0\xf8\x3f", 8), std::string("\xff\xff\xff\xff\xff\xff\xff\xff", 8),
                  std::string("\x05\0\0\0", 4), std::string("\x01\x02\xff", 3), std::string("\x01\x00", 2)});
  ASSERT_TRUE(archive) << archive.error().message;
  EXPECT_THAT(floats(*archive, 0), ElementsAre(1, -2));
  EXPECT_THAT(floats(*archive, 1), ElementsAre(1));
  EXPECT_THAT(floats(*archive, 2), ElementsAre(1.5));
  EXPECT_THAT(floats(*archive, 3), ElementsAre(-1));
  EXPECT_THAT(floats(*archive, 4), ElementsAre(5));
  EXPECT_THAT(floats(*archive, 5), ElementsAre(2, 255));
  EXPECT_THAT(floats(*archive, 6), ElementsAre(1, 0));
  EXPECT_THAT(floats(*archive, 7), ElementsAre(1, 2, 255));
}

TEST_F(TorchArchiveTest, AnyStridesBecomeRowMajor) {
  const std::string six = storage("FloatStorage", "0", 6);
  const auto archive = openStates(dict({text("transposed"), tensor(six, 0, {3, 2}, {1, 3}), text("part"),
                                        tensor(six, 1, {2, 2}, {3, 1}), text("same"), tensor(six, 4, {3}, {0}),
                                        text("single"), tensor(six, 5, {1, 1}, {std::int64_t(1) << 62, 9})}),
                                  {bytesOfFloats({0, 1, 2, 3, 4, 5})});
  ASSERT_TRUE(archive) << archive.error().message;
  EXPECT_THAT(floats(*archive, 0), ElementsAre(0, 3, 1, 4, 2, 5));
  EXPECT_THAT(floats(*archive, 1), ElementsAre(1, 2, 4, 5));
  EXPECT_THAT(floats(*archive, 2), ElementsAre(4, 4, 4));
  EXPECT_THAT(floats(*archive, 3), ElementsAre(5));
}

TEST_F(TorchArchiveTest, WideArchivesAndSizesBehindTheContent) {
  const auto parts = torchParts(program(dict({text("w"), tensor(storage("FloatStorage", "0", 2), 0, {2}, {1})})),
                                {bytesOfFloats({8, 9})});
  for (const bool isWide : {false, true}) {
    for (const bool sizesFollow : {false, true}) {
      const auto archive = open(zipArchive(parts, {isWide, sizesFollow}));
      ASSERT_TRUE(archive) << archive.error().message;
      EXPECT_THAT(floats(*archive, 0), ElementsAre(8, 9));
    }
  }
}

TEST_F(TorchArchiveTest, WhatPythonWouldRunIsRefusedByName) {
  const auto with = [&](const std::string& module, const std::string& name) {
    return open(torchCheckpoint({{"w", {1}, {1}}},
                                {text("callbacks"), call(global(module, name), {text("touch /tmp/owned")})}));
  };
  expectRefused(with("posix", "system"), "posix.system");
  expectRefused(with("os", "popen"), "os.popen");
  expectRefused(with("subprocess", "Popen"), "subprocess.Popen");
  expectRefused(with("builtins", "eval"), "builtins.eval");
  expectRefused(with("__builtin__", "exec"), "__builtin__.exec");
  expectRefused(with("importlib.util", "module_from_spec"), "importlib.util");
  EXPECT_TRUE(with("builtins", "getattr")) << "harmless here: it is written down, nothing more";
  EXPECT_TRUE(with("numpy.core.multiarray", "scalar"));
}

TEST_F(TorchArchiveTest, AnObjectInPlaceOfATensorIsNamed) {
  expectTensorRefused(call(global("evil", "Thing"), {}), "an object of evil.Thing");
  expectTensorRefused(integer(3), "is a number");
  expectTensorRefused("N", "is nothing");
  expectTensorRefused(global("torch", "FloatStorage"), "the name torch.FloatStorage");
  expectTensorRefused(call(global("torch._utils", "_rebuild_parameter"), {}), "a parameter without a tensor");
  expectTensorRefused(call(global("torch._utils", "_rebuild_parameter"), {text("x")}), "is a text");
  expectTensorRefused(call(global("torch._utils", "_rebuild_tensor_v2"), {}), "does not say where it lies");
  expectTensorRefused(call(global("torch._utils", "_rebuild_sparse_tensor"), {}), "_rebuild_sparse_tensor");
  expectRefused(openStates(dict({text("state_dict"), list({})}), {}), "is a list instead of a dictionary");
  expectRefused(openStates(dict({text("state_dict"), call(global("evil", "Dict"), {})}), {}), "evil.Dict");
  expectRefused(openStates(dict({}), {}), "holds no tensors");
  expectRefused(openStates(integer(1), {}), "is a number instead");
  const std::string good = tensor(storage("ByteStorage", "0", 1), 0, {1}, {1});
  expectRefused(openStates(dict({integer(1), good}), {"a"}), "by a number instead of a text");
  expectRefused(openStates(dict({text("w"), good, text("w"), good}), {"a"}), "“w” in it is there twice");
}

TEST_F(TorchArchiveTest, LyingTensorsAreNamed) {
  const std::string six = storage("FloatStorage", "0", 6);
  constexpr std::int64_t kHuge = std::int64_t(1) << 62;
  expectTensorRefused(tensor(six, 0, {7}, {1}), "reaches beyond its storage");
  expectTensorRefused(tensor(six, 1, {6}, {1}), "reaches beyond its storage");
  expectTensorRefused(tensor(six, 6, {1}, {1}), "reaches beyond its storage");
  expectTensorRefused(tensor(six, -1, {1}, {1}), "reaches beyond its storage");
  expectTensorRefused(tensor(six, 0, {2}, {6}), "reaches beyond its storage");
  expectTensorRefused(tensor(six, 0, {2, 2}, {kHuge, kHuge}), "reaches beyond its storage");
  expectTensorRefused(tensor(six, 0, {3}, {kHuge}), "reaches beyond its storage");
  expectTensorRefused(tensor(six, std::numeric_limits<std::int64_t>::max(), {1}, {1}), "reaches beyond its storage");
  expectTensorRefused(tensor(six, 7, {0}, {1}), "reaches beyond its storage");
  expectTensorRefused(tensor(six, 0, {kHuge, 0, -1}, {1, 1, 1}), "a strange shape");
  expectTensorRefused(tensor(six, 0, {kHuge, 4}, {0, 0}), "larger than any tensor");
  expectTensorRefused(tensor(six, 0, {std::int64_t(1) << 31}, {0}), "larger than any tensor");
  expectTensorRefused(tensor(six, 0, {-6}, {1}), "a strange shape");
  expectTensorRefused(tensor(six, 5, {2}, {-1}), "a strange shape");
  expectTensorRefused(tensor(six, 0, {2, 3}, {1}), "a strange shape");
  expectTensorRefused(tensor(six, 0, std::vector<std::int64_t>(9, 1), std::vector<std::int64_t>(9, 1)),
                      "a strange shape");
  expectTensorRefused(tensor(storage("FloatStorage", "0", 5), 0, {5}, {1}), "of another size");
  expectTensorRefused(tensor(storage("FloatStorage", "0", kHuge), 0, {5}, {1}), "of another size");
  expectTensorRefused(tensor(storage("FloatStorage", "0", -6), 0, {5}, {1}), "of another size");
  expectTensorRefused(tensor(storage("DoubleStorage", "0", 6), 0, {5}, {1}), "of another size");
  expectTensorRefused(tensor(storage("FloatStorage", "2", 6), 0, {5}, {1}), "does not have");
  expectTensorRefused(tensor(storage("FloatStorage", "../data.pkl", 6), 0, {5}, {1}), "does not have");
  expectTensorRefused(tensor(storage("ComplexFloatStorage", "0", 3), 0, {3}, {1}), "torch.ComplexFloatStorage");
  expectTensorRefused(tensor("N", 0, {3}, {1}), "has no storage");
  expectTensorRefused(tensor("NQ", 0, {3}, {1}), "has no storage");
}

TEST_F(TorchArchiveTest, ArchivesOfAnotherKindAreNamed) {
  const std::string pickle = program(dict({text("w"), tensor(storage("ByteStorage", "0", 1), 0, {1}, {1})}));
  expectRefused(open(""), "does not end as a ZIP archive");
  expectRefused(open("\x80\x02\x8a\x0al\xfc\x9c\x46\xf9 j\xa8P\x19."), "does not end as a ZIP archive");
  expectRefused(open(zipArchive({})), "no data.pkl");
  expectRefused(open(zipArchive({{"a/b/data.pkl", pickle}})), "no data.pkl");
  expectRefused(open(zipArchive({{"a/data.pkl", pickle}, {"b/data.pkl", pickle}})), "two pickles");
  expectRefused(open(zipArchive({{"a/data.pkl", pickle}, {"a/constants.pkl", ""}})), "TorchScript");
  expectRefused(open(zipArchive({{"a/data.pkl", pickle}, {"a/byteorder", "big"}})), "byte order");
  auto parts = torchParts(pickle, {"x"});
  parts[3].method = 8;
  expectRefused(open(zipArchive(parts)), "compressed");
  parts[3].method = 0;
  parts[3].name = "archive/../../etc/passwd";
  expectRefused(open(zipArchive(parts)), "leads out of the archive");
  parts[3].name = "/archive/data/0";
  expectRefused(open(zipArchive(parts)), "leads out of the archive");
  parts[3].name = "archive/data.pkl";
  expectRefused(open(zipArchive(parts)), "is in it twice");
  parts[3] = {"archive/data/0", "x", 0, 2};
  expectRefused(open(zipArchive(parts)), "is damaged");
  parts[0].sizeLie = 40;
  expectRefused(open(zipArchive(parts)), "overlaps another part");
  parts[0].sizeLie = std::uint64_t(1) << 62;
  expectRefused(open(zipArchive(parts, {.isWide = true})), "lies outside");
  const auto none = TorchArchive::open(folder_ / "none.ckpt");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::NotFound);
  EXPECT_FALSE(TorchArchive::open(folder_.path()));
}

TEST_F(TorchArchiveTest, AFlippedBitIsSeenByTheChecksum) {
  std::string bytes = torchCheckpoint({{"w", {3}, {1.25f, 2.5f, 3.75f}}});
  const std::size_t at = bytes.find(bytesOfFloats({1.25f, 2.5f, 3.75f}));
  ASSERT_NE(at, std::string::npos);
  bytes[at + 2] ^= 1;
  const auto archive = open(bytes);
  ASSERT_TRUE(archive) << archive.error().message;
  const auto read = archive->read(archive->tensors()[0]);
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, HasSubstr("checksum"));
}

TEST_F(TorchArchiveTest, CutAndDamagedItIsAnswered) {
  for (const bool isWide : {false, true}) {
    const std::string whole =
        zipArchive(torchParts(program(dict({text("w"), tensor(storage("FloatStorage", "0", 2), 0, {2}, {1})})),
                              {bytesOfFloats({1, 2})}),
                   {.isWide = isWide});
    ASSERT_TRUE(open(whole));
    for (std::size_t cut = 0; cut < whole.size(); cut += 3) ASSERT_FALSE(open(whole.substr(0, cut))) << cut;
    CounterRandom random(5);
    for (int i = 0; i < 3'000; ++i) {
      std::string bytes = whole;
      for (std::uint64_t k = 0; k <= random.below(3); ++k) bytes[random.below(bytes.size())] = char(random.below(256));
      if (const auto archive = open(bytes)) {
        for (const ArchiveTensor& tensor : archive->tensors()) (void)archive->read(tensor);
      }
    }
  }
}

}  // namespace
}  // namespace kinescore
