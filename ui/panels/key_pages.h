// The inspector's pages for what is asked of single joints and poses: pose, target, contact.
#pragma once

#include <array>

#include "ui/panels/clip_page.h"

namespace kinescore {

/// Three numbers in metres: x, y (up), z. Typed, or dragged by their names.
class PlaceFields : public QWidget {
  Q_OBJECT

 public:
  explicit PlaceFields(QWidget* parent);
  void setPlace(const glm::vec3& meters);
  [[nodiscard]] glm::vec3 place() const;

 Q_SIGNALS:
  void placeEdited();

 private:
  std::array<NumberField*, 3> axes_;
};

class PosePage : public ClipPage {
  Q_OBJECT

 public:
  PosePage(Session& session, QWidget* parent);
  bool isFor(const Clip& clip) const override { return std::holds_alternative<PoseCondition>(clip.condition); }

 protected:
  void fill(const Clip& clip) override;

 private:
  NumberField* tolerance_;
};

class TargetPage : public ClipPage {
  Q_OBJECT

 public:
  TargetPage(Session& session, QWidget* parent);
  bool isFor(const Clip& clip) const override { return std::holds_alternative<TargetCondition>(clip.condition); }

 protected:
  void fill(const Clip& clip) override;

 private:
  ChoiceBox* joint_;
  PlaceFields* place_;
  NumberField* tolerance_;
};

class ContactPage : public ClipPage {
  Q_OBJECT

 public:
  ContactPage(Session& session, QWidget* parent);
  bool isFor(const Clip& clip) const override { return std::holds_alternative<ContactCondition>(clip.condition); }

 protected:
  void fill(const Clip& clip) override;

 private:
  /// Heel, toe or both of a foot; both are two clips of one span.
  void choosePart(int foot, int part);
  /// Where the joint is on screen at the clip's start.
  [[nodiscard]] glm::vec3 placeOnScreen(const Clip& clip) const;

  SegmentedChoice *foot_, *part_, *hardness_, *keeps_;
  PlaceFields* place_;
};

}  // namespace kinescore
