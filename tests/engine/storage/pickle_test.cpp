#include "engine/storage/pickle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/core/random.h"
#include "tests/support/torch_files.h"

namespace kinescore {
namespace {

using namespace pickled;
using testing::ElementsAre;
using testing::HasSubstr;
using Kind = PickleValue::Kind;

Pickle parsed(const std::string& body) {
  auto pickle = Pickle::read(program(body));
  EXPECT_TRUE(pickle) << pickle.error().message;
  return *std::move(pickle);
}

void expectRefused(const std::string& bytes, const std::string& part) {
  const auto pickle = Pickle::read(bytes);
  ASSERT_FALSE(pickle) << part;
  EXPECT_THAT(pickle.error().message, HasSubstr(part));
  EXPECT_EQ(pickle.error().code, ErrorCode::BadInput);
}

TEST(PickleTest, PlainValuesComeBack) {
  const Pickle pickle = parsed(dict(
      {text("int"), integer(-70000), text("big"), integer(std::int64_t(1) << 40), text("none"), "N", text("yes"),
       "\x88", text("real"), std::string("G\x3f\xf8\0\0\0\0\0\0", 9), text("huge"), "\x8a\x09" + std::string(9, 'x'),
       text("list"), list({integer(1), integer(2)}), text("two"), integer(3) + integer(4) + "\x86"}));
  EXPECT_EQ(pickle.find(pickle.root(), "int")->integer, -70000);
  EXPECT_EQ(pickle.find(pickle.root(), "big")->integer, std::int64_t(1) << 40);
  EXPECT_EQ(pickle.find(pickle.root(), "none")->kind, Kind::None);
  EXPECT_EQ(pickle.find(pickle.root(), "yes")->integer, 1);
  EXPECT_EQ(pickle.find(pickle.root(), "real")->real, 1.5);
  EXPECT_EQ(pickle.find(pickle.root(), "huge")->kind, Kind::BigInteger);
  EXPECT_EQ(pickle.find(pickle.root(), "list")->items.size(), 2u);
  EXPECT_EQ(pickle.at(pickle.find(pickle.root(), "two")->items[1]).integer, 4);
  EXPECT_EQ(pickle.find(pickle.root(), "missing"), nullptr);
}

TEST(PickleTest, ShortWholeNumbersKeepTheirSign) {
  EXPECT_EQ(parsed(std::string("\x8a\x01\xff", 3)).root().integer, -1);
  EXPECT_EQ(parsed(std::string("\x8a\x00", 2)).root().integer, 0);
  EXPECT_EQ(parsed(std::string("\x8a\x02\x00\x80", 4)).root().integer, -32768);
  EXPECT_EQ(parsed(std::string("\x8b\x01\0\0\0\x7f", 6)).root().integer, 127);
}

TEST(PickleTest, TheMemoGivesTheSameValueAgain) {
  const Pickle pickle = parsed(text("x") + "q\x05" + "0h\x05" + "r" + littleEndianBytes(4'000'000'000, 4) + "j" +
                               littleEndianBytes(4'000'000'000, 4) + "\x86");
  ASSERT_EQ(pickle.root().items.size(), 2u);
  EXPECT_EQ(pickle.root().items[0], pickle.root().items[1]);
}

TEST(PickleTest, ACallIsWrittenDownAndNothingElse) {
  const Pickle pickle = parsed(call(global("os", "system"), {text("rm -rf /")}));
  EXPECT_EQ(pickle.root().kind, Kind::Call);
  EXPECT_EQ(pickle.describe(pickle.root()), "an object of os.system");
  EXPECT_THAT(pickle.globals(), ElementsAre("os.system"));
  ASSERT_NE(pickle.argumentsOf(pickle.root(), "os\nsystem"), nullptr);
  EXPECT_EQ(pickle.argumentsOf(pickle.root(), "os\npopen"), nullptr);
}

TEST(PickleTest, WhatIsSetOnTheResultOfACallIsKept) {
  const Pickle pickle = parsed(orderedDict({text("a"), integer(1), text("a"), integer(2)}));
  EXPECT_EQ(pickle.find(pickle.root(), "a")->integer, 2);
  EXPECT_EQ(Pickle::entriesOf(pickle.root()).size(), 4u);
}

TEST(PickleTest, AListThatHoldsItselfIsNoTrouble) {
  const Pickle pickle = parsed(
      "]q\x01h\x01"
      "a");
  ASSERT_EQ(pickle.root().items.size(), 1u);
  EXPECT_EQ(&pickle.at(pickle.root().items[0]), &pickle.root());
}

TEST(PickleTest, WrongProgramsAreNamed) {
  expectRefused("", "ends too early");
  expectRefused("\x80\x04N.", "another protocol than 2");
  expectRefused(program("N") + "N", "goes on after its end");
  expectRefused(program(""), "takes a value that is not there");
  expectRefused(program("NN"), "leaves values behind");
  expectRefused(program("(N"), "leaves values behind");
  expectRefused(program("t"), "misses a mark");
  expectRefused(program("N\x86"), "takes a value that is not there");
  expectRefused(program("N(R"), "takes a value that is not there");
  expectRefused(program("N)R"), "calls what has no name");
  expectRefused(program(global("a", "b") + "NR"), "without arguments");
  expectRefused(program("NNa"), "appends to what is no list");
  expectRefused(program("NNNs"), "no dictionary");
  expectRefused(program("}(Nu"), "a key without a value");
  expectRefused(program("h\x07"), "never remembered");
  expectRefused(program("NNb"), "what is no object");
  expectRefused(program("cabc"), "a name without an end");
  expectRefused(program("c" + std::string(500, 'a') + "\nb\n"), "a name without an end");
  expectRefused(program("X\xff\xff\xff\xff"
                        "a"),
                "ends too early");
  expectRefused(program("\x8b\xff\xff\xff\xff"), "ends too early");
  expectRefused(program("I1\n"), "instruction 0x49");
  expectRefused(program("i"), "instruction 0x69");
  expectRefused(program("\x93"), "instruction 0x93");
  expectRefused(program("\x82\x01"), "instruction 0x82");
  expectRefused(program("P"), "instruction 0x50");
}

TEST(PickleTest, AttemptsToFillTheMemoryEnd) {
  expectRefused(std::string(std::size_t(33) << 20, 'N'), "larger than that of any state dict");
  expectRefused("\x80\x02" + std::string(std::size_t(3) << 20, 'N'), "more values than any state dict");
  expectRefused("\x80\x02" + std::string(std::size_t(1) << 20, '('), "ends too early");
  // a list in a list in a list… a hundred thousand deep, and each twice
  std::string deep = "]";
  const std::string wrap = std::string("q\x01") + "0]" + "h\x01" + "a" + "h\x01" + "a";
  for (int i = 0; i < 100'000; ++i) deep += wrap;
  EXPECT_TRUE(Pickle::read(program(deep)));
}

TEST(PickleTest, CutAndDamagedItIsAnswered) {
  const std::string whole = program(
      dict({text("state_dict"), orderedDict({text("w"), tensor(storage("FloatStorage", "0", 6), 0, {2, 3}, {3, 1})}),
            text("cfg"), global("omegaconf", "DictConfig") + ")\x81" + dict({text("x"), integer(1)}) + "b"}));
  ASSERT_TRUE(Pickle::read(whole));
  for (std::size_t cut = 0; cut < whole.size(); ++cut) ASSERT_FALSE(Pickle::read(whole.substr(0, cut))) << cut;
  CounterRandom random(4);
  for (int i = 0; i < 50'000; ++i) {
    std::string bytes = whole;
    for (std::uint64_t k = 0; k <= random.below(4); ++k) bytes[random.below(bytes.size())] = char(random.below(256));
    if (const auto pickle = Pickle::read(bytes)) {
      EXPECT_FALSE(pickle->describe(pickle->root()).empty());
      (void)pickle->find(pickle->root(), "state_dict");
    }
  }
}

}  // namespace
}  // namespace kinescore
