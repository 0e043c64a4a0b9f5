;; test: ir function=one after=build,end
;; test: code function=one tier=optimized
;; test: ir function=one after=build pass.constant-tables=off
;; test: ir function=row after=build,end
;; test: ir function=twice after=build,end
;; test: ir function=scattered after=build,end
;; test: ir function=constant after=build,end
;; feedback: one@0 -> $area:1000
;; feedback: row@0 -> $name:1000
;; feedback: twice@0 -> $area:1000
;; feedback: twice@1 -> $width:1000
;; feedback: scattered@0 -> $other:1000
;;
;; A dispatch table that nobody can change: the guard asks the index, and of two calls of methods of one object the second asks nothing.
;; What is in the table in several places is compared as it is elsewhere; an element with a constant index is the function itself.
(module
  (type $method (func (param i32) (result i32)))
  (table $dispatch 8 funcref)
  (elem (table $dispatch) (i32.const 0) func $other $area $name $name $name $width $other)
  (func $area (type $method) (i32.mul (local.get 0) (i32.const 3)))
  (func $name (type $method) (i32.add (local.get 0) (i32.const 5)))
  (func $width (type $method) (i32.sub (local.get 0) (i32.const 7)))
  (func $other (type $method) (i32.xor (local.get 0) (i32.const 9)))
  (func $one (param $x i32) (param $class i32) (result i32)
    (call_indirect $dispatch (type $method) (local.get $x) (local.get $class)))
  (func $row (param $x i32) (param $class i32) (result i32)
    (call_indirect $dispatch (type $method) (local.get $x) (i32.add (local.get $class) (i32.const 2))))
  (func $twice (param $x i32) (param $class i32) (result i32)
    (i32.add
      (call_indirect $dispatch (type $method) (local.get $x) (i32.add (local.get $class) (i32.const 1)))
      (call_indirect $dispatch (type $method) (local.get $x) (i32.add (local.get $class) (i32.const 5)))))
  (func $scattered (param $x i32) (param $class i32) (result i32)
    (call_indirect $dispatch (type $method) (local.get $x) (local.get $class)))
  (func $constant (param $x i32) (result i32)
    (call_indirect $dispatch (type $method) (local.get $x) (i32.const 5))))

;;> == ir function=one after=build,end
;;> after build
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.const 0
;;>   v3: i32 = i32.const 1
;;>   v4: i32 = i32.eq v1, v3
;;>   guard v4  ; one BeforeInstruction +5 [v2, v2, v0, v1]
;;>   v6: i32 = i32.const 3
;;>   v7: i32 = i32.mul v0, v6
;;>   return v7
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.const 0
;;>   v3: i32 = i32.const 1
;;>   v4: i32 = i32.eq v1, v3
;;>   guard v4  ; one BeforeInstruction +5 [v2, v2, v0, v1]
;;>   v6: i32 = i32.const 3
;;>   v7: i32 = i32.mul v0, v6
;;>   return v7

;;> == code function=one tier=optimized
;;> 29 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   cmp edx, 1                             ; one: call_indirect (type 0)
;;>   jne L1
;;>   lea eax, [rax+rax*2]                   ; area: i32.mul
;;>   leave                                  ; one: end
;;>   ret
;;> L1:
;;>   call Deoptimize                        ; one: call_indirect (type 0)

;;> == ir function=one after=build pass.constant-tables=off
;;> after build
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.const 0
;;>   v3: i32 = table_length #0
;;>   v4: i32 = i32.lt_u v1, v3
;;>   trap_unless UndefinedElement, v4
;;>   v6: (ref null func) = load_element #0, v1
;;>   v7: (ref type#0) = function_address @area
;;>   v8: i32 = reference_equal v6, v7
;;>   guard v8  ; one BeforeInstruction +5 [v2, v2, v0, v1]
;;>   v10: i32 = i32.const 3
;;>   v11: i32 = i32.mul v0, v10
;;>   return v11

;;> == ir function=row after=build,end
;;> after build
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.const 0
;;>   v3: i32 = i32.const 2
;;>   v4: i32 = i32.add v1, v3
;;>   v5: i32 = i32.add v1, v2
;;>   v6: i32 = i32.le_u v5, v3
;;>   guard v6  ; row BeforeInstruction +8 [v2, v2, v0, v4]
;;>   v8: i32 = i32.const 5
;;>   v9: i32 = i32.add v0, v8
;;>   return v9
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.const 0
;;>   v3: i32 = i32.const 2
;;>   v4: i32 = i32.add v1, v3
;;>   v5: i32 = i32.le_u v1, v3
;;>   guard v5  ; row BeforeInstruction +8 [v2, v2, v0, v4]
;;>   v7: i32 = i32.const 5
;;>   v8: i32 = i32.add v0, v7
;;>   return v8

;;> == ir function=twice after=build,end
;;> after build
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.const 0
;;>   v3: i32 = i32.const 1
;;>   v4: i32 = i32.add v1, v3
;;>   v5: i32 = i32.eq v1, v2
;;>   guard v5  ; twice BeforeInstruction +8 [v0, v1, v0, v4]
;;>   v7: i32 = i32.const 3
;;>   v8: i32 = i32.mul v0, v7
;;>   v9: i32 = i32.const 5
;;>   v10: i32 = i32.add v1, v9
;;>   v11: i32 = i32.eq v1, v2
;;>   guard v11  ; twice BeforeInstruction +18 [v2, v2, v8, v0, v10]
;;>   v13: i32 = i32.const 7
;;>   v14: i32 = i32.sub v0, v13
;;>   v15: i32 = i32.add v8, v14
;;>   return v15
;;> at the end
;;> b0:
;;>   v0: i32 = i32.const -7
;;>   v1: i32 = argument #0
;;>   v2: i32 = argument #1
;;>   v3: i32 = i32.const 1
;;>   v4: i32 = i32.add v2, v3
;;>   v5: i32 = i32.eqz v2
;;>   guard v5  ; twice BeforeInstruction +8 [v1, v2, v1, v4]
;;>   v7: i32 = i32.const 3
;;>   v8: i32 = i32.mul v1, v7
;;>   v9: i32 = i32.add v1, v0
;;>   v10: i32 = i32.add v8, v9
;;>   return v10

;;> == ir function=scattered after=build,end
;;> after build
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.const 0
;;>   v3: i32 = i32.const 8
;;>   v4: i32 = i32.lt_u v1, v3
;;>   trap_unless UndefinedElement, v4
;;>   v6: (ref null func) = load_element #0, v1
;;>   v7: (ref type#0) = function_address @other
;;>   v8: i32 = reference_equal v6, v7
;;>   guard v8  ; scattered BeforeInstruction +5 [v2, v2, v0, v1]
;;>   v10: i32 = i32.const 9
;;>   v11: i32 = i32.xor v0, v10
;;>   return v11
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.const 0
;;>   v3: i32 = i32.const 8
;;>   v4: i32 = i32.lt_u v1, v3
;;>   trap_unless UndefinedElement, v4
;;>   v6: (ref null func) = load_element #0, v1
;;>   v7: (ref type#0) = function_address @other
;;>   v8: i32 = reference_equal v6, v7
;;>   guard v8  ; scattered BeforeInstruction +5 [v2, v2, v0, v1]
;;>   v10: i32 = i32.const 9
;;>   v11: i32 = i32.xor v0, v10
;;>   return v11

;;> == ir function=constant after=build,end
;;> after build
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = i32.const 5
;;>   v2: (ref type#0) = function_address @width
;;>   v3: i32 = call_reference v2, v0
;;>   return v3
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = call @width, v0
;;>   return v1
