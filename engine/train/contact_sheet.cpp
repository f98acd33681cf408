#include "engine/train/contact_sheet.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/motion/kinematics.h"

namespace kinescore {
namespace {

constexpr int kCellWidth = 120, kCellHeight = 150;
constexpr double kPixelsPerMetre = 62, kGroundLine = 128;
constexpr double kCameraYaw = 0.7, kCameraTilt = 0.25;

void appendBigEndian(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(char((value >> shift) & 0xff));
}

std::uint32_t crc32(std::string_view bytes) {
  static const auto table = [] {
    std::array<std::uint32_t, 256> t{};
    for (std::uint32_t n = 0; n < 256; ++n) {
      std::uint32_t c = n;
      for (int k = 0; k < 8; ++k) c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
      t[n] = c;
    }
    return t;
  }();
  std::uint32_t crc = 0xffffffffu;
  for (const char c : bytes) crc = table[(crc ^ std::uint8_t(c)) & 0xff] ^ (crc >> 8);
  return crc ^ 0xffffffffu;
}

std::uint32_t adler32(std::string_view bytes) {
  std::uint32_t a = 1, b = 0;
  for (const char c : bytes) {
    a = (a + std::uint8_t(c)) % 65521;
    b = (b + a) % 65521;
  }
  return (b << 16) | a;
}

void appendChunk(std::string& png, std::string_view type, const std::string& data) {
  appendBigEndian(png, std::uint32_t(data.size()));
  const std::string body = std::string(type) + data;
  png += body;
  appendBigEndian(png, crc32(body));
}

// A zlib stream of stored blocks.
std::string stored(const std::string& raw) {
  constexpr std::size_t kLargestBlock = 65535;
  std::string out = "\x78\x01";
  for (std::size_t at = 0; at < raw.size() || at == 0; at += kLargestBlock) {
    const std::size_t count = std::min(kLargestBlock, raw.size() - at);
    out.push_back(at + count >= raw.size() ? 1 : 0);
    for (const std::size_t n : {count, ~count}) {
      out.push_back(char(n & 0xff));
      out.push_back(char((n >> 8) & 0xff));
    }
    out.append(raw, at, count);
  }
  appendBigEndian(out, adler32(raw));
  return out;
}

struct Point {
  double x, y;
};
// Orthographic, seen from the front left and a little above.
Point projected(const glm::vec3& p, double centreX, double centreZ) {
  const double x = p.x - centreX, z = p.z - centreZ;
  const double across = std::cos(kCameraYaw) * x - std::sin(kCameraYaw) * z;
  const double depth = std::sin(kCameraYaw) * x + std::cos(kCameraYaw) * z;
  return {across * kPixelsPerMetre, -(p.y * std::cos(kCameraTilt) - depth * std::sin(kCameraTilt)) * kPixelsPerMetre};
}

bool startsWith(const std::string& name, const char* with) { return name.rfind(with, 0) == 0; }

}  // namespace

Picture::Picture(int w, int h, std::uint8_t grey) : width(w), height(h), pixels(std::size_t(w) * h * 3, grey) {}

void Picture::line(double x0, double y0, double x1, double y1, std::uint8_t r, std::uint8_t g, std::uint8_t b) {
  const int steps = std::max(1, int(std::ceil(2 * std::max(std::abs(x1 - x0), std::abs(y1 - y0)))));
  for (int i = 0; i <= steps; ++i) {
    const double t = double(i) / steps;
    const int x = int(std::floor(x0 + t * (x1 - x0))), y = int(std::floor(y0 + t * (y1 - y0)));
    for (int dy = 0; dy < 2; ++dy) {
      for (int dx = 0; dx < 2; ++dx) {
        if (x + dx < 0 || y + dy < 0 || x + dx >= width || y + dy >= height) continue;
        std::uint8_t* p = pixels.data() + (std::size_t(y + dy) * width + x + dx) * 3;
        p[0] = r;
        p[1] = g;
        p[2] = b;
      }
    }
  }
}

std::string pngFromPicture(const Picture& picture) {
  std::string png = "\x89PNG\r\n\x1a\n";
  std::string header;
  appendBigEndian(header, std::uint32_t(picture.width));
  appendBigEndian(header, std::uint32_t(picture.height));
  header += std::string("\x08\x02\x00\x00\x00", 5);  // 8 bits, RGB, no filter choice, no interlace
  appendChunk(png, "IHDR", header);
  std::string raw;
  const std::size_t row = std::size_t(picture.width) * 3;
  for (int y = 0; y < picture.height; ++y) {
    raw.push_back(0);
    raw.append(reinterpret_cast<const char*>(picture.pixels.data()) + y * row, row);
  }
  appendChunk(png, "IDAT", stored(raw));
  appendChunk(png, "IEND", {});
  return png;
}

Picture contactSheet(const std::vector<Motion>& motions, int figures) {
  Picture sheet(kCellWidth * figures, kCellHeight * std::max<int>(1, int(motions.size())), 250);
  WorldPose pose;
  for (std::size_t row = 0; row < motions.size(); ++row) {
    const Motion& motion = motions[row];
    const double top = double(row) * kCellHeight;
    sheet.line(0, top, sheet.width, top, 205, 205, 205);
    if (motion.frameCount() == 0) continue;
    for (int i = 0; i < figures; ++i) {
      const std::int64_t frame = figures > 1 ? i * (motion.frameCount() - 1) / (figures - 1) : 0;
      const glm::vec3 root = motion.rootPositions[frame];
      const double left = (i + 0.5) * kCellWidth;
      const auto draw = [&](const glm::vec3& a, const glm::vec3& b, std::uint8_t r, std::uint8_t g, std::uint8_t bl) {
        const Point from = projected(a, root.x, root.z), to = projected(b, root.x, root.z);
        sheet.line(left + from.x, top + kGroundLine + from.y, left + to.x, top + kGroundLine + to.y, r, g, bl);
      };
      for (std::int64_t f = std::max<std::int64_t>(1, frame - 15); f <= frame; ++f) {  // where it came from
        glm::vec3 a = motion.rootPositions[f - 1], b = motion.rootPositions[f];
        a.y = b.y = 0;
        draw(a, b, 150, 190, 150);
      }
      forwardKinematicsInto(*motion.skeleton, motion.pose(frame), pose);
      for (int j = 1; j < motion.jointCount(); ++j) {
        const std::string& name = motion.skeleton->jointNames[j];
        const bool isLeft = startsWith(name, "Left"), isRight = startsWith(name, "Right");
        draw(pose.positions[motion.skeleton->parents[j]], pose.positions[j], isRight ? 200 : 40, isLeft ? 90 : 40,
             isLeft ? 200 : 40);
      }
      for (const auto& [joint, offset] : motion.skeleton->endSites) {
        draw(pose.positions[joint], pose.positions[joint] + pose.rotations[joint] * offset, 40, 40, 40);
      }
    }
  }
  return sheet;
}

}  // namespace kinescore
