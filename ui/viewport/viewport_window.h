// The 3D view as a widget: the figure, its ghosts, the path, the numbers, on a surface that Vulkan
// draws to from a thread of its own, so that a slow card never stalls the window.
//
// When there is no usable Vulkan the widget says so in one sentence and takes the same calls
// without doing anything: nobody has to ask first.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <QColor>
#include <QString>
#include <QWidget>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include "engine/motion/kinematics.h"

namespace kinescore {

/// Feet on the ground, in the order of kContactJoints (left ankle, left toe, right ankle, right toe).
using ViewportContacts = std::array<bool, 4>;

/// A key shown in the view: a pose as a translucent figure with its label over the head ("Pose @ 48"), a target as a
/// diamond where the joint shall be ("Left hand @ 60").
struct ViewportGhost {
  WorldPose pose;  // kinescore22, world space, metres; empty for a target
  QString label;
  std::optional<glm::vec3> target = {};
};

/// Another take's figure beside or over the shown one, in step with it.
struct ViewportCompared {
  WorldPose pose;
  QColor colour;      // of the take
  float alpha = 1;    // below 1 it is drawn as a ghost
  QString label;      // "Take 6"
  QString ownLabel;   // of the shown figure
  QColor ownColour;
};

/// The figure a few frames before or after the one on screen.
struct ViewportOnion {
  WorldPose pose;
  QString label;         // "−12", "+6": frames
  bool isLater = false;
};

/// How the figure is drawn: its body, its bones, or these through a translucent body.
enum class FigureLook { Skeleton, Mesh, Both };

enum class ViewportView { Perspective, Front, Side, Top };

class ViewportWidget : public QWidget {
  Q_OBJECT

 public:
  explicit ViewportWidget(QWidget* parent = nullptr);
  ~ViewportWidget() override;

  /// False when the machine has no usable Vulkan or it failed for good; the reason is one sentence
  /// without its first words ("no driver was found").
  [[nodiscard]] bool isAvailable() const;
  [[nodiscard]] QString unavailableReason() const;
  /// The name of the card that draws ("llvmpipe (LLVM 15.0.6, 256 bits)"); empty when unavailable.
  [[nodiscard]] QString deviceName() const;

  /// The figure on screen: kinescore22, world space, metres. Cheap: call it at every tick.
  void setPose(const WorldPose& pose, const ViewportContacts& contacts = {});
  void setGhosts(std::vector<ViewportGhost> ghosts);
  void setCompared(std::optional<ViewportCompared> compared);
  /// Empty for none.
  void setOnion(std::vector<ViewportOnion> onion);
  void setFigureLook(FigureLook look);
  [[nodiscard]] FigureLook figureLook() const;
  /// The path of the timeline: points on the floor (y is kept), metres; `keys` are drawn as rings.
  void setPath(std::vector<glm::vec3> points, std::vector<glm::vec3> keys = {});
  /// The way the root goes over the whole take (thin line); empty for none.
  void setTrail(std::vector<glm::vec3> points);
  /// The numbers at top left: "128 / 270", timecode, and one free line below ("Take 8 preview").
  void setHud(std::int64_t frame, std::int64_t frames, const QString& timecode,
              const QString& line = {});
  /// One hint at the bottom middle ("Ctrl+Enter performs the timeline."); empty for none.
  void setHint(const QString& hint);

  void setFollow(bool follow);
  [[nodiscard]] bool follow() const;
  void setView(ViewportView view);
  [[nodiscard]] ViewportView view() const;
  void setContactColours(bool on);
  void setGhostsVisible(bool visible);
  void setTrailVisible(bool visible);
  /// Moves the camera so that the figure fills the view (F).
  void frameFigure();
  /// The view the program starts with (Alt+Home).
  void resetView();

  /// While on, a press on the floor does not move the camera but is told by floorPressed and its
  /// companions (the path tool).
  void setFloorTool(bool on);

 Q_SIGNALS:
  /// S pressed in the view: pin the pose on screen.
  void poseRequested();
  /// A click on a ghost: go to that key (index in setGhosts).
  void ghostActivated(int index);
  void followChanged(bool follow);
  void viewChanged(kinescore::ViewportView view);
  /// The view came to life or gave up (isAvailable, unavailableReason).
  void availabilityChanged(bool available);
  /// Floor tool: x and z in metres.
  void floorPressed(glm::vec2 xz);
  void floorDragged(glm::vec2 xz);
  void floorReleased(glm::vec2 xz);

 private:
  class Private;
  std::unique_ptr<Private> d_;
};

}  // namespace kinescore
