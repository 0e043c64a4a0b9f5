;; test: ir function=known passes=constant-fields,gvn,fold,branch-simplification,dce
;; test: ir function=local passes=escape-analysis,fold,branch-simplification,dce
;; test: ir function=cast-null passes=dce
;; test: ir function=exact passes=gvn,dce
;; test: code function=get tier=optimized
;; test: code function=cast tier=optimized
;; test: code function=cast-non-null tier=optimized
;; test: code function=cast-any tier=optimized
;; test: code function=branch tier=optimized
;; test: code function=new tier=baseline
;; test: code function=cast tier=baseline
;; test: code function=branch tier=baseline
;;
;; A descriptor is one more field that never changes: of a constant object it is known, of an object without memory it is a value. A cast by
;; descriptor is one load and one comparison where the reference is known to be to an object with a descriptor; of any other reference the type is
;; tested before. A test for an exact type is one comparison.
(module
  (rec
    (type $shape (sub (descriptor $shape.d) (struct (field $id i32))))
    (type $shape.d (sub (describes $shape) (struct (field $area (ref $measure)))))
    (type $circle (sub $shape (descriptor $circle.d) (struct (field $id i32) (field $radius f64))))
    (type $circle.d (sub $shape.d (describes $circle) (struct (field $area (ref $measure)))))
    (type $measure (func (param (ref $shape)) (result f64))))
  (global $circle.d (ref (exact $circle.d)) (struct.new $circle.d (ref.func $area)))
  (global $unit (ref (exact $circle)) (struct.new_desc $circle (i32.const 1) (f64.const 2) (global.get $circle.d)))
  (func $area (type $measure) (f64.const 3))

  ;; The method of a constant object is called directly, and its cast is none.
  (func $known (result f64)
    (f64.add
      (struct.get $circle $radius (ref.cast_desc_eq (ref $circle) (global.get $unit) (global.get $circle.d)))
      (call_ref $measure (global.get $unit) (struct.get $circle.d $area (ref.get_desc $circle (global.get $unit))))))

  ;; Neither the object nor its descriptor has memory, and the cast is known to succeed.
  (func $local (param $id i32) (result i32) (local $d (ref (exact $shape.d))) (local $s (ref $shape))
    (local.set $d (struct.new $shape.d (ref.func $area)))
    (local.set $s (struct.new_desc $shape (local.get $id) (local.get $d)))
    (struct.get $shape $id (ref.cast_desc_eq (ref (exact $shape)) (local.get $s) (local.get $d))))

  (func $cast-null (param $s (ref null $shape)) (param $d (ref null $circle.d)) (result (ref null $circle))
    (ref.cast_desc_eq (ref null $circle) (local.get $s) (local.get $d)))
  (func $exact (param $s (ref (exact $shape))) (param $any anyref) (result i32)
    (i32.add
      (i32.add (ref.test (ref $circle) (local.get $s)) (ref.test (ref (exact $shape)) (local.get $s)))
      (ref.test (ref (exact $shape)) (local.get $any))))
  (func $get (param $s (ref null $shape)) (result (ref $shape.d)) (ref.get_desc $shape (local.get $s)))
  (func $cast (param $s (ref null $shape)) (param $d (ref null $circle.d)) (result (ref $circle))
    (ref.cast_desc_eq (ref $circle) (local.get $s) (local.get $d)))
  (func $cast-non-null (param $s (ref $shape)) (param $d (ref $circle.d)) (result (ref $circle))
    (ref.cast_desc_eq (ref $circle) (local.get $s) (local.get $d)))
  (func $cast-any (param $s anyref) (param $d (ref (exact $circle.d))) (result (ref (exact $circle)))
    (ref.cast_desc_eq (ref (exact $circle)) (local.get $s) (local.get $d)))
  (func $branch (param $s (ref null $shape)) (param $d (ref $circle.d)) (result f64)
    (block $is (result (ref $circle))
      (br_on_cast_desc_eq $is (ref null $shape) (ref $circle) (local.get $s) (local.get $d))
      (drop)
      (return (f64.const 0)))
    (struct.get $circle $radius))
  (func $new (param $id i32) (param $d (ref null (exact $shape.d))) (result (ref $shape))
    (struct.new_desc $shape (local.get $id) (local.get $d))))

