;; Descriptors of structures, casts that compare them, and exact types.

(module $shapes
  (rec
    (type $shape (sub (descriptor $shape.d) (struct (field $id (mut i32)))))
    (type $shape.d (sub (describes $shape) (struct (field $name i32))))
    (type $circle (sub $shape (descriptor $circle.d) (struct (field $id (mut i32)) (field $radius f64))))
    (type $circle.d (sub $shape.d (describes $circle) (struct (field $name i32) (field $area (ref $measure)))))
    (type $measure (func (param (ref $circle)) (result f64))))
  (type $keeper (struct (field (ref $shape.d))))
  (type $bytes (array (mut i8)))

  (global $shape.d (ref (exact $shape.d)) (struct.new $shape.d (i32.const 10)))
  (global $other.d (ref (exact $shape.d)) (struct.new $shape.d (i32.const 11)))
  (global $circle.d (ref (exact $circle.d)) (struct.new $circle.d (i32.const 20) (ref.func $area)))
  (global $unit (ref (exact $circle)) (struct.new_desc $circle (i32.const 1) (f64.const 1) (global.get $circle.d)))
  (global $none (ref $shape) (struct.new_default_desc $shape (global.get $other.d)))
  (global $kept (mut (ref null $shape)) (ref.null none))
  (global $made (mut i32) (i32.const 0))

  (func $area (type $measure)
    (f64.mul (struct.get $circle $radius (local.get 0)) (struct.get $circle $radius (local.get 0))))

  ;; 0: null, 1: a shape, 2: a shape with the other descriptor, 3: a circle, 4: an i31, 5: an array, 6: a descriptor, 7: a keeper of the shape's descriptor
  (func $object (export "object") (param $kind i32) (result anyref)
    (block $0
      (block $1
        (block $2
          (block $3
            (block $4
              (block $5
                (block $6
                  (block $7 (br_table $0 $1 $2 $3 $4 $5 $6 $7 (local.get $kind)))
                  (return (struct.new $keeper (global.get $shape.d))))
                (return (global.get $shape.d)))
              (return (array.new_default $bytes (i32.const 40))))
            (return (ref.i31 (i32.const 3))))
          (return (struct.new_desc $circle (i32.const 5) (f64.const 3) (global.get $circle.d))))
        (return (struct.new_default_desc $shape (global.get $other.d))))
      (return (struct.new_desc $shape (i32.const 4) (global.get $shape.d))))
    (ref.null none))

  (func $descriptor (param $kind i32) (result (ref null (exact $shape.d)))
    (block $0
      (block $1
        (block $2 (br_table $0 $1 $2 (local.get $kind)))
        (return (global.get $other.d)))
      (return (global.get $shape.d)))
    (ref.null none))

  (func (export "name") (param $kind i32) (result i32)
    (struct.get $shape.d $name (ref.get_desc $shape (ref.cast (ref null $shape) (call $object (local.get $kind))))))
  (func (export "area") (param $kind i32) (result f64) (local $c (ref $circle))
    (local.set $c (ref.cast (ref $circle) (call $object (local.get $kind))))
    (call_ref $measure (local.get $c) (struct.get $circle.d $area (ref.get_desc $circle (local.get $c)))))
  (func (export "same") (param $kind i32) (param $d i32) (result i32)
    (ref.eq (ref.get_desc $shape (ref.cast (ref $shape) (call $object (local.get $kind)))) (call $descriptor (local.get $d))))

  ;; Casts: of anything, of a shape, to circles by a circle's descriptor, to exact types; with null and without.
  (func (export "cast") (param $kind i32) (param $d i32) (result i32)
    (struct.get $shape $id (ref.cast_desc_eq (ref $shape) (call $object (local.get $kind)) (call $descriptor (local.get $d)))))
  (func (export "cast-null") (param $kind i32) (param $d i32) (result i32)
    (ref.is_null (ref.cast_desc_eq (ref null $shape) (call $object (local.get $kind)) (call $descriptor (local.get $d)))))
  (func (export "cast-exact") (param $kind i32) (param $d i32) (result i32)
    (struct.get $shape $id (ref.cast_desc_eq (ref (exact $shape)) (call $object (local.get $kind)) (call $descriptor (local.get $d)))))
  (func (export "cast-exact-null") (param $kind i32) (param $d i32) (result i32)
    (ref.is_null (ref.cast_desc_eq (ref null (exact $shape)) (call $object (local.get $kind)) (call $descriptor (local.get $d)))))
  (func (export "cast-shape") (param $kind i32) (result f64)
    (struct.get $circle $radius
      (ref.cast_desc_eq (ref $circle) (ref.cast (ref null $shape) (call $object (local.get $kind))) (global.get $circle.d))))
  (func (export "cast-shape-null") (param $kind i32) (result i32)
    (ref.is_null
      (ref.cast_desc_eq (ref null $circle) (ref.cast (ref null $shape) (call $object (local.get $kind))) (global.get $circle.d))))
  (func (export "cast-up") (param $kind i32) (result i32)
    (struct.get $shape $id
      (ref.cast_desc_eq (ref $shape) (ref.cast (ref $circle) (call $object (local.get $kind))) (global.get $circle.d))))

  ;; Branches: 1 if the cast succeeds, 0 if it fails, 10 more if the reference that goes on is null.
  (func (export "branch") (param $kind i32) (param $d i32) (result i32)
    (block $is (result (ref $shape))
      (br_on_cast_desc_eq $is anyref (ref $shape) (call $object (local.get $kind)) (call $descriptor (local.get $d)))
      (return (i32.mul (ref.is_null) (i32.const 10))))
    (drop)
    (i32.const 1))
  (func (export "branch-null") (param $kind i32) (param $d i32) (result i32)
    (block $is (result (ref null $shape))
      (br_on_cast_desc_eq $is anyref (ref null $shape) (call $object (local.get $kind)) (call $descriptor (local.get $d)))
      (drop)
      (return (i32.const 0)))
    (i32.add (i32.mul (ref.is_null) (i32.const 10)) (i32.const 1)))
  (func (export "branch-fail") (param $kind i32) (param $d i32) (result i32)
    (block $not (result anyref)
      (br_on_cast_desc_eq_fail $not anyref (ref $shape) (call $object (local.get $kind)) (call $descriptor (local.get $d)))
      (drop)
      (return (i32.const 1)))
    (i32.mul (ref.is_null) (i32.const 10)))
  (func (export "branch-fail-null") (param $kind i32) (param $d i32) (result i32)
    (block $not (result (ref any))
      (br_on_cast_desc_eq_fail $not anyref (ref null $shape) (call $object (local.get $kind)) (call $descriptor (local.get $d)))
      (return (i32.add (i32.mul (ref.is_null) (i32.const 10)) (i32.const 1))))
    (drop)
    (i32.const 0))
  (func $radius (export "branch-shape") (param $s (ref null $shape)) (result f64)
    (block $is (result (ref $circle))
      (br_on_cast_desc_eq $is (ref null $shape) (ref $circle) (local.get $s) (global.get $circle.d))
      (drop)
      (return (f64.const -1)))
    (struct.get $circle $radius))
  (func (export "branch-shape-fail") (param $kind i32) (result f64) (local $s (ref null $shape))
    (local.set $s (ref.cast (ref null $shape) (call $object (local.get $kind))))
    (block $not (result (ref null $shape))
      (return (struct.get $circle $radius
        (br_on_cast_desc_eq_fail $not (ref null $shape) (ref (exact $circle)) (local.get $s) (global.get $circle.d)))))
    (drop)
    (f64.const -1))
  (func (export "radius") (param $kind i32) (result f64)
    (call $radius (ref.cast (ref null $shape) (call $object (local.get $kind)))))
  ;; The label is that of a loop, which goes on with the reference.
  (func (export "branch-loop") (param $kind i32) (result i32) (local $n i32)
    (call $object (local.get $kind))
    (loop $again (param anyref) (result i32)
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (if (param anyref) (result anyref) (i32.ge_u (local.get $n) (i32.const 5)) (then (drop) (ref.null none)))
      (br_on_cast_desc_eq $again anyref (ref $shape) (global.get $shape.d))
      (drop)
      (local.get $n)))

  ;; Sums over objects that come and go, with descriptors that come and go.
  (func $next (result (ref (exact $shape.d)))
    (global.set $made (i32.add (global.get $made) (i32.const 1)))
    (struct.new $shape.d (global.get $made)))
  (func (export "churn") (param $n i32) (result i32) (local $sum i32) (local $d (ref null (exact $shape.d))) (local $s (ref null $shape))
    (global.set $made (i32.const 0))
    (loop $again
      (local.set $d (call $next))
      (local.set $s (struct.new_desc $shape (local.get $n) (local.get $d)))
      (if (i32.and (local.get $n) (i32.const 1)) (then (global.set $kept (local.get $s))))
      (struct.set $shape $id (local.get $s) (i32.add (struct.get $shape $id (local.get $s)) (i32.const 1)))
      (drop (call $object (i32.const 5)))
      (local.set $sum (i32.add (local.get $sum)
        (i32.add
          (struct.get $shape.d $name (ref.get_desc $shape (ref.as_non_null (local.get $s))))
          (struct.get $shape $id (ref.cast_desc_eq (ref (exact $shape)) (local.get $s) (local.get $d))))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.add (local.get $sum) (struct.get $shape.d $name (ref.get_desc $shape (global.get $kept)))))
  (func (export "globals") (result i32)
    (i32.add
      (struct.get $circle.d $name (ref.get_desc $circle (global.get $unit)))
      (struct.get $shape.d $name (ref.get_desc $shape (global.get $none)))))
  (func (export "new") (param $d i32) (result i32)
    (struct.get $shape $id (struct.new_desc $shape (i32.const 6) (call $descriptor (local.get $d)))))
  (func (export "new-default") (param $d i32) (result i32)
    (struct.get $shape $id (struct.new_default_desc $shape (call $descriptor (local.get $d)))))
)

(assert_return (invoke "name" (i32.const 1)) (i32.const 10))
(assert_return (invoke "name" (i32.const 2)) (i32.const 11))
(assert_return (invoke "name" (i32.const 3)) (i32.const 20))
(assert_trap (invoke "name" (i32.const 0)) "null reference")
(assert_trap (invoke "name" (i32.const 0)) "null reference")
(assert_trap (invoke "name" (i32.const 6)) "cast failure")
(assert_return (invoke "name" (i32.const 3)) (i32.const 20))
(assert_return (invoke "area" (i32.const 3)) (f64.const 9))
(assert_return (invoke "area" (i32.const 3)) (f64.const 9))
(assert_return (invoke "area" (i32.const 3)) (f64.const 9))
(assert_trap (invoke "area" (i32.const 1)) "cast failure")
(assert_return (invoke "same" (i32.const 1) (i32.const 1)) (i32.const 1))
(assert_return (invoke "same" (i32.const 1) (i32.const 2)) (i32.const 0))
(assert_return (invoke "same" (i32.const 2) (i32.const 2)) (i32.const 1))
(assert_return (invoke "same" (i32.const 3) (i32.const 1)) (i32.const 0))
(assert_return (invoke "same" (i32.const 3) (i32.const 0)) (i32.const 0))
(assert_return (invoke "globals") (i32.const 31))
(assert_return (invoke "globals") (i32.const 31))
(assert_return (invoke "globals") (i32.const 31))
(assert_return (invoke "new" (i32.const 1)) (i32.const 6))
(assert_return (invoke "new" (i32.const 2)) (i32.const 6))
(assert_trap (invoke "new" (i32.const 0)) "null descriptor reference")
(assert_trap (invoke "new" (i32.const 0)) "null descriptor reference")
(assert_return (invoke "new-default" (i32.const 1)) (i32.const 0))
(assert_return (invoke "new-default" (i32.const 2)) (i32.const 0))
(assert_trap (invoke "new-default" (i32.const 0)) "null descriptor reference")

(assert_return (invoke "cast" (i32.const 1) (i32.const 1)) (i32.const 4))
(assert_return (invoke "cast" (i32.const 2) (i32.const 2)) (i32.const 0))
(assert_trap (invoke "cast" (i32.const 1) (i32.const 2)) "descriptor cast failure")
(assert_trap (invoke "cast" (i32.const 3) (i32.const 1)) "descriptor cast failure")
(assert_trap (invoke "cast" (i32.const 0) (i32.const 1)) "descriptor cast failure")
(assert_trap (invoke "cast" (i32.const 4) (i32.const 1)) "descriptor cast failure")
(assert_trap (invoke "cast" (i32.const 5) (i32.const 1)) "descriptor cast failure")
(assert_trap (invoke "cast" (i32.const 6) (i32.const 1)) "descriptor cast failure")
(assert_trap (invoke "cast" (i32.const 7) (i32.const 1)) "descriptor cast failure")
(assert_trap (invoke "cast" (i32.const 1) (i32.const 0)) "null descriptor reference")
(assert_trap (invoke "cast" (i32.const 0) (i32.const 0)) "null descriptor reference")
(assert_return (invoke "cast-null" (i32.const 1) (i32.const 1)) (i32.const 0))
(assert_return (invoke "cast-null" (i32.const 0) (i32.const 1)) (i32.const 1))
(assert_return (invoke "cast-null" (i32.const 0) (i32.const 2)) (i32.const 1))
(assert_trap (invoke "cast-null" (i32.const 0) (i32.const 0)) "null descriptor reference")
(assert_trap (invoke "cast-null" (i32.const 2) (i32.const 1)) "descriptor cast failure")
(assert_trap (invoke "cast-null" (i32.const 7) (i32.const 1)) "descriptor cast failure")
(assert_trap (invoke "cast-null" (i32.const 4) (i32.const 1)) "descriptor cast failure")
(assert_return (invoke "cast-exact" (i32.const 1) (i32.const 1)) (i32.const 4))
(assert_return (invoke "cast-exact" (i32.const 2) (i32.const 2)) (i32.const 0))
(assert_trap (invoke "cast-exact" (i32.const 3) (i32.const 1)) "descriptor cast failure")
(assert_trap (invoke "cast-exact" (i32.const 1) (i32.const 2)) "descriptor cast failure")
(assert_trap (invoke "cast-exact" (i32.const 0) (i32.const 1)) "descriptor cast failure")
(assert_trap (invoke "cast-exact" (i32.const 7) (i32.const 1)) "descriptor cast failure")
(assert_return (invoke "cast-exact-null" (i32.const 0) (i32.const 1)) (i32.const 1))
(assert_return (invoke "cast-exact-null" (i32.const 1) (i32.const 1)) (i32.const 0))
(assert_trap (invoke "cast-exact-null" (i32.const 3) (i32.const 1)) "descriptor cast failure")
(assert_return (invoke "cast-shape" (i32.const 3)) (f64.const 3))
(assert_return (invoke "cast-shape" (i32.const 3)) (f64.const 3))
(assert_return (invoke "cast-shape" (i32.const 3)) (f64.const 3))
(assert_trap (invoke "cast-shape" (i32.const 1)) "descriptor cast failure")
(assert_trap (invoke "cast-shape" (i32.const 0)) "descriptor cast failure")
(assert_return (invoke "cast-shape-null" (i32.const 3)) (i32.const 0))
(assert_return (invoke "cast-shape-null" (i32.const 0)) (i32.const 1))
(assert_trap (invoke "cast-shape-null" (i32.const 2)) "descriptor cast failure")
(assert_return (invoke "cast-shape-null" (i32.const 0)) (i32.const 1))
(assert_return (invoke "cast-up" (i32.const 3)) (i32.const 5))
(assert_return (invoke "cast-up" (i32.const 3)) (i32.const 5))
(assert_return (invoke "cast-up" (i32.const 3)) (i32.const 5))

(assert_return (invoke "branch" (i32.const 1) (i32.const 1)) (i32.const 1))
(assert_return (invoke "branch" (i32.const 1) (i32.const 2)) (i32.const 0))
(assert_return (invoke "branch" (i32.const 0) (i32.const 1)) (i32.const 10))
(assert_return (invoke "branch" (i32.const 3) (i32.const 1)) (i32.const 0))
(assert_return (invoke "branch" (i32.const 4) (i32.const 1)) (i32.const 0))
(assert_return (invoke "branch" (i32.const 7) (i32.const 1)) (i32.const 0))
(assert_trap (invoke "branch" (i32.const 0) (i32.const 0)) "null descriptor reference")
(assert_return (invoke "branch-null" (i32.const 1) (i32.const 1)) (i32.const 1))
(assert_return (invoke "branch-null" (i32.const 0) (i32.const 1)) (i32.const 11))
(assert_return (invoke "branch-null" (i32.const 2) (i32.const 1)) (i32.const 0))
(assert_return (invoke "branch-null" (i32.const 5) (i32.const 1)) (i32.const 0))
(assert_trap (invoke "branch-null" (i32.const 1) (i32.const 0)) "null descriptor reference")
(assert_return (invoke "branch-fail" (i32.const 1) (i32.const 1)) (i32.const 1))
(assert_return (invoke "branch-fail" (i32.const 0) (i32.const 1)) (i32.const 10))
(assert_return (invoke "branch-fail" (i32.const 3) (i32.const 2)) (i32.const 0))
(assert_return (invoke "branch-fail" (i32.const 4) (i32.const 2)) (i32.const 0))
(assert_trap (invoke "branch-fail" (i32.const 4) (i32.const 0)) "null descriptor reference")
(assert_return (invoke "branch-fail-null" (i32.const 2) (i32.const 2)) (i32.const 1))
(assert_return (invoke "branch-fail-null" (i32.const 0) (i32.const 2)) (i32.const 11))
(assert_return (invoke "branch-fail-null" (i32.const 1) (i32.const 2)) (i32.const 0))
(assert_return (invoke "branch-fail-null" (i32.const 6) (i32.const 2)) (i32.const 0))
(assert_return (invoke "radius" (i32.const 3)) (f64.const 3))
(assert_return (invoke "radius" (i32.const 1)) (f64.const -1))
(assert_return (invoke "radius" (i32.const 0)) (f64.const -1))
(assert_return (invoke "radius" (i32.const 3)) (f64.const 3))
(assert_return (invoke "branch-shape-fail" (i32.const 3)) (f64.const 3))
(assert_return (invoke "branch-shape-fail" (i32.const 2)) (f64.const -1))
(assert_return (invoke "branch-shape-fail" (i32.const 0)) (f64.const -1))
(assert_return (invoke "branch-shape-fail" (i32.const 3)) (f64.const 3))
(assert_return (invoke "branch-loop" (i32.const 1)) (i32.const 5))
(assert_return (invoke "branch-loop" (i32.const 2)) (i32.const 1))
(assert_return (invoke "branch-loop" (i32.const 0)) (i32.const 1))
(assert_return (invoke "branch-loop" (i32.const 1)) (i32.const 5))
;; Names 1 to n, numbers n + 1 to 2, and the name of the object that was kept last: the one whose number was 1.
(assert_return (invoke "churn" (i32.const 1)) (i32.const 4))
(assert_return (invoke "churn" (i32.const 10)) (i32.const 130))
(assert_return (invoke "churn" (i32.const 40)) (i32.const 1720))
(assert_return (invoke "churn" (i32.const 40)) (i32.const 1720))

;; The descriptor comes behind what supertypes without one hold: their fields stay where they are.
(module
  (type $plain (sub (struct (field i8) (field (mut i64)))))
  (rec
    (type $late (sub $plain (descriptor $late.d) (struct (field i8) (field (mut i64)) (field i8) (field f32))))
    (type $late.d (sub (describes $late) (struct)))
    (type $later (sub $late (descriptor $later.d) (struct (field i8) (field (mut i64)) (field i8) (field f32) (field (ref null any)))))
    (type $later.d (sub $late.d (describes $later) (descriptor $meta) (struct (field i16))))
    (type $meta (describes $later.d) (struct (field i64))))
  (global $late.d (ref (exact $late.d)) (struct.new $late.d))
  (func $later.d (result (ref (exact $later.d)))
    (struct.new_desc $later.d (i32.const 77) (struct.new $meta (i64.const 99))))
  (func $get (param $o (ref $plain)) (result i64)
    (i64.add (i64.extend_i32_u (struct.get_u $plain 0 (local.get $o))) (struct.get $plain 1 (local.get $o))))
  (func $set (param $o (ref $plain)) (struct.set $plain 1 (local.get $o) (i64.mul (i64.const 2) (struct.get $plain 1 (local.get $o)))))
  (func (export "plain") (result i64) (local $o (ref $plain))
    (local.set $o (struct.new $plain (i32.const 1) (i64.const 20)))
    (call $set (local.get $o))
    (call $get (local.get $o)))
  (func (export "late") (result i64) (local $o (ref $late))
    (local.set $o (struct.new_desc $late (i32.const 1) (i64.const 20) (i32.const 200) (f32.const 3) (global.get $late.d)))
    (call $set (local.get $o))
    (i64.add
      (i64.add (call $get (local.get $o)) (i64.extend_i32_s (struct.get_s $late 2 (local.get $o))))
      (i64.add
        (i64.trunc_f32_s (struct.get $late 3 (local.get $o)))
        (i64.mul (i64.const 1000) (i64.extend_i32_u (ref.eq (global.get $late.d) (ref.get_desc $late (local.get $o))))))))
  (func (export "later") (result i64) (local $o (ref $late)) (local $d (ref (exact $later.d)))
    (local.set $d (call $later.d))
    (local.set $o
      (struct.new_desc $later (i32.const 1) (i64.const 20) (i32.const 100) (f32.const 3) (ref.i31 (i32.const 7)) (local.get $d)))
    (call $set (local.get $o))
    (i64.add
      (i64.add (call $get (local.get $o)) (i64.extend_i32_s (struct.get_s $late 2 (local.get $o))))
      (i64.add
        (i64.add
          (i64.extend_i32_s (i31.get_s (ref.cast (ref i31) (struct.get $later 4 (ref.cast_desc_eq (ref $later) (local.get $o) (local.get $d))))))
          (i64.extend_i32_s (struct.get_s $later.d 0 (ref.get_desc $later (ref.cast (ref (exact $later)) (local.get $o))))))
        (struct.get $meta 0 (ref.get_desc $later.d (ref.cast (ref $later.d) (ref.get_desc $late (local.get $o))))))))
)
(assert_return (invoke "plain") (i64.const 41))
(assert_return (invoke "plain") (i64.const 41))
(assert_return (invoke "plain") (i64.const 41))
(assert_return (invoke "late") (i64.const 988))
(assert_return (invoke "late") (i64.const 988))
(assert_return (invoke "late") (i64.const 988))
(assert_return (invoke "later") (i64.const 324))
(assert_return (invoke "later") (i64.const 324))
(assert_return (invoke "later") (i64.const 324))

;; Exact types in tests, casts and branches.
(module
  (type $super (sub (struct (field i32))))
  (type $sub (sub $super (struct (field i32) (field i32))))
  (func $make (param $kind i32) (result (ref null $super))
    (if (result (ref null $super)) (i32.eqz (local.get $kind)) (then (ref.null none))
      (else
        (if (result (ref null $super)) (i32.eq (local.get $kind) (i32.const 1))
          (then (struct.new $super (i32.const 1)))
          (else (struct.new $sub (i32.const 2) (i32.const 3)))))))
  (func (export "test") (param $kind i32) (result i32) (ref.test (ref (exact $super)) (call $make (local.get $kind))))
  (func (export "test-null") (param $kind i32) (result i32) (ref.test (ref null (exact $super)) (call $make (local.get $kind))))
  (func (export "test-sub") (param $kind i32) (result i32) (ref.test (ref (exact $sub)) (call $make (local.get $kind))))
  (func (export "cast") (param $kind i32) (result i32)
    (struct.get $super 0 (ref.cast (ref (exact $super)) (call $make (local.get $kind)))))
  (func (export "branch") (param $kind i32) (result i32)
    (block $is (result (ref (exact $super)))
      (br_on_cast $is (ref null $super) (ref (exact $super)) (call $make (local.get $kind)))
      (drop) (return (i32.const 0)))
    (struct.get $super 0))
  (func (export "branch-fail") (param $kind i32) (result i32)
    (block $not (result (ref null $super))
      (return (struct.get $sub 1 (br_on_cast_fail $not (ref null $super) (ref (exact $sub)) (call $make (local.get $kind))))))
    (drop) (i32.const 0))
  ;; What a function makes itself is exact, through calls and joins too.
  (func $new (result (ref (exact $super))) (struct.new $super (i32.const 8)))
  (func (export "made") (param $c i32) (result i32) (local $o (ref (exact $super)))
    (local.set $o (call $new))
    (if (local.get $c) (then (local.set $o (struct.new $super (i32.const 9)))))
    (i32.add
      (struct.get $super 0 (local.get $o))
      (i32.add
        (i32.mul (i32.const 10) (ref.test (ref (exact $super)) (local.get $o)))
        (i32.mul (i32.const 100) (ref.test (ref $sub) (local.get $o))))))
)
(assert_return (invoke "test" (i32.const 0)) (i32.const 0))
(assert_return (invoke "test" (i32.const 1)) (i32.const 1))
(assert_return (invoke "test" (i32.const 2)) (i32.const 0))
(assert_return (invoke "test-null" (i32.const 0)) (i32.const 1))
(assert_return (invoke "test-null" (i32.const 1)) (i32.const 1))
(assert_return (invoke "test-null" (i32.const 2)) (i32.const 0))
(assert_return (invoke "test-sub" (i32.const 0)) (i32.const 0))
(assert_return (invoke "test-sub" (i32.const 1)) (i32.const 0))
(assert_return (invoke "test-sub" (i32.const 2)) (i32.const 1))
(assert_return (invoke "cast" (i32.const 1)) (i32.const 1))
(assert_return (invoke "cast" (i32.const 1)) (i32.const 1))
(assert_trap (invoke "cast" (i32.const 2)) "cast failure")
(assert_trap (invoke "cast" (i32.const 0)) "cast failure")
(assert_return (invoke "branch" (i32.const 0)) (i32.const 0))
(assert_return (invoke "branch" (i32.const 1)) (i32.const 1))
(assert_return (invoke "branch" (i32.const 2)) (i32.const 0))
(assert_return (invoke "branch-fail" (i32.const 0)) (i32.const 0))
(assert_return (invoke "branch-fail" (i32.const 1)) (i32.const 0))
(assert_return (invoke "branch-fail" (i32.const 2)) (i32.const 3))
(assert_return (invoke "made" (i32.const 0)) (i32.const 18))
(assert_return (invoke "made" (i32.const 1)) (i32.const 19))
(assert_return (invoke "made" (i32.const 0)) (i32.const 18))

;; Exact imports of functions.
(module $functions
  (type $super (sub (func (result i32))))
  (type $sub (sub $super (func (result i32))))
  (func (export "super") (type $super) (i32.const 1))
  (func (export "sub") (type $sub) (i32.const 2)))
(register "functions" $functions)
(module
  (type $super (sub (func (result i32))))
  (type $sub (sub $super (func (result i32))))
  (import "functions" "super" (func $exact (exact (type $super))))
  (func $also (import "functions" "sub") (exact (type $sub)))
  (import "functions" "sub" (func $inexact (type $super)))
  (global $f (ref (exact $super)) (ref.func $exact))
  (elem declare func $inexact $also)
  (func (export "call") (result i32)
    (i32.add (call_ref $super (global.get $f)) (i32.mul (i32.const 10) (call_ref $sub (ref.func $also)))))
  (func (export "test") (result i32)
    (i32.add (ref.test (ref (exact $super)) (ref.func $inexact)) (i32.mul (i32.const 10) (ref.test (ref (exact $sub)) (ref.func $inexact))))))
(assert_return (invoke "call") (i32.const 21))
(assert_return (invoke "call") (i32.const 21))
(assert_return (invoke "call") (i32.const 21))
(assert_return (invoke "test") (i32.const 10))
(assert_return (invoke "test") (i32.const 10))
(assert_return (invoke "test") (i32.const 10))
(assert_unlinkable
  (module
    (type $super (sub (func (result i32))))
    (type $sub (sub $super (func (result i32))))
    (import "functions" "sub" (func (exact (type $super)))))
  "incompatible import type")
(assert_invalid
  (module
    (type $f (func))
    (import "m" "f" (func $f (type $f)))
    (global (ref (exact $f)) (ref.func $f)))
  "type mismatch")

;; What definitions must keep to.
(module
  (rec
    (type $a (descriptor $b) (struct))
    (type $b (describes $a) (descriptor $c) (struct))
    (type $c (describes $b) (struct))))
(assert_invalid (module (rec (type (descriptor 1) (struct)) (type (struct)))) "type is not described by its descriptor")
(assert_invalid (module (rec (type (struct)) (type (describes 0) (struct)))) "described type is not described by descriptor")
(assert_invalid (module (rec (type (describes 1) (struct)) (type (descriptor 0) (struct)))) "forward use of described type")
(assert_invalid (module (type (describes 0) (descriptor 0) (struct))) "forward use of described type")
(assert_invalid (module (type (struct)) (type (descriptor 0) (struct))) "descriptor type is outside rec group")
(assert_invalid (module (type (struct)) (type (describes 0) (struct))) "described type is outside rec group")
(assert_invalid (module (type (descriptor 7) (struct))) "unknown type")
(assert_invalid (module (rec (type (descriptor 1) (array i8)) (type (describes 0) (struct)))) "described type must be a struct")
(assert_invalid (module (rec (type (descriptor 1) (struct)) (type (describes 0) (func)))) "descriptor type must be a struct")
(assert_invalid
  (module
    (rec (type $s (sub (descriptor $d) (struct))) (type $d (sub (describes $s) (struct))))
    (type (sub $s (struct))))
  "sub type does not match")
(assert_invalid
  (module
    (rec (type $s (sub (descriptor $d) (struct))) (type $d (sub (describes $s) (struct))))
    (type (sub $d (struct))))
  "sub type does not match")
(assert_invalid
  (module
    (type $plain (sub (struct)))
    (rec (type $s (sub (descriptor $d) (struct))) (type $d (sub $plain (describes $s) (struct)))))
  "sub type does not match")
(assert_invalid
  (module
    (rec (type $s (sub (descriptor $d) (struct))) (type $d (sub (describes $s) (struct))))
    (rec (type $t (sub $s (descriptor $e) (struct))) (type $e (sub (describes $t) (struct)))))
  "descriptor type does not match")
(assert_invalid
  (module
    (rec (type $s (sub (descriptor $d) (struct))) (type $d (sub (describes $s) (struct))))
    (rec (type $t (sub (descriptor $e) (struct))) (type $e (sub $d (describes $t) (struct)))))
  "described type does not match")
(assert_malformed (module quote "(type (descriptor 1) (describes 1) (struct))") "unexpected token")
(assert_malformed (module quote "(type (descriptor 1))") "unexpected token")
(assert_malformed (module quote "(type (struct (field (ref (exact any)))))") "unexpected token")
(assert_malformed (module quote "(type (struct (field (exact 0))))") "unexpected token")
(assert_malformed (module quote "(type (struct)) (func (export \"f\") (exact (type 0)))") "unexpected token")

;; What instructions must keep to.
(assert_invalid
  (module
    (rec (type $s (descriptor $d) (struct)) (type $d (describes $s) (struct)))
    (func (result (ref $s)) (struct.new $s)))
  "type with descriptor requires descriptor allocation")
(assert_invalid
  (module
    (rec (type $s (descriptor $d) (struct)) (type $d (describes $s) (struct)))
    (func (result (ref $s)) (struct.new_default $s)))
  "type with descriptor requires descriptor allocation")
(assert_invalid
  (module (type $s (struct)) (func (result (ref $s)) (struct.new_desc $s (ref.null none))))
  "type without descriptor requires non-descriptor allocation")
(assert_invalid
  (module
    (rec (type $s (sub (descriptor $d) (struct))) (type $d (sub (describes $s) (struct))))
    (func (param (ref $d)) (result (ref $s)) (struct.new_desc $s (local.get 0))))
  "type mismatch")
(assert_invalid
  (module
    (rec (type $s (descriptor $d) (struct (field (ref any)))) (type $d (describes $s) (struct)))
    (func (param (ref (exact $d))) (result (ref $s)) (struct.new_default_desc $s (local.get 0))))
  "field type is not defaultable")
(assert_invalid (module (type $s (struct)) (func (param (ref $s)) (drop (ref.get_desc $s (local.get 0))))) "type without descriptor")
(assert_invalid
  (module
    (rec (type $s (sub (descriptor $d) (struct))) (type $d (sub (describes $s) (struct))))
    (func (param (ref $s)) (result (ref (exact $d))) (ref.get_desc $s (local.get 0))))
  "type mismatch")
(assert_invalid
  (module
    (rec (type $s (sub (descriptor $d) (struct))) (type $d (sub (describes $s) (struct))))
    (func (param anyref (ref $d)) (result (ref (exact $s))) (ref.cast_desc_eq (ref (exact $s)) (local.get 0) (local.get 1))))
  "type mismatch")
(assert_invalid
  (module
    (rec (type $s (descriptor $d) (struct)) (type $d (describes $s) (struct)))
    (func (param funcref (ref $d)) (drop (ref.cast_desc_eq (ref $s) (local.get 0) (local.get 1)))))
  "type mismatch")
(assert_invalid
  (module
    (rec (type $s (descriptor $d) (struct)) (type $d (describes $s) (struct)))
    (func (param anyref (ref $d)) (drop (ref.cast_desc_eq (ref struct) (local.get 0) (local.get 1)))))
  "type struct does not have a descriptor")
(assert_invalid
  (module
    (rec (type $s (descriptor $d) (struct)) (type $d (describes $s) (struct)))
    (func (param funcref (ref $d)) (result (ref null $s))
      (br_on_cast_desc_eq 0 funcref (ref $s) (local.get 0) (local.get 1)) (unreachable)))
  "type mismatch")
(assert_invalid
  (module
    (rec (type $s (descriptor $d) (struct)) (type $d (describes $s) (struct)))
    (func (param anyref (ref $d)) (result (ref $d))
      (br_on_cast_desc_eq 0 anyref (ref $s) (local.get 0) (local.get 1)) (unreachable)))
  "type mismatch")
(assert_invalid
  (module
    (rec (type $s (descriptor $d) (struct)) (type $d (describes $s) (struct)))
    (global (ref null $d) (ref.get_desc $s (ref.null $s))))
  "constant expression required")
(assert_invalid
  (module
    (type $super (sub (struct)))
    (type $sub (sub $super (struct)))
    (func (param (ref (exact $sub))) (result (ref (exact $super))) (local.get 0)))
  "type mismatch")
(assert_invalid
  (module (type $s (sub (struct))) (func (param (ref $s)) (result (ref (exact $s))) (local.get 0)))
  "type mismatch")
;; In code that cannot be reached descriptors are of any type, and the source of a branch need not be above its target.
(module
  (rec (type $s (sub (descriptor $d) (struct))) (type $d (sub (describes $s) (struct))))
  (func (result (ref (exact $d))) (unreachable) (ref.get_desc $s))
  (func (result (ref (exact $s))) (unreachable) (ref.cast_desc_eq (ref (exact $s))))
  (func (result (ref null $s)) (br_on_cast_desc_eq 0 arrayref (ref $s) (unreachable)) (unreachable)))
;; Constant expressions with a null descriptor trap.
(assert_trap
  (module
    (rec (type $s (descriptor $d) (struct)) (type $d (describes $s) (struct)))
    (global (ref $s) (struct.new_default_desc $s (ref.null none))))
  "null descriptor reference")
